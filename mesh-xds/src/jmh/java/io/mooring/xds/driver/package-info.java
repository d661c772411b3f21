/**
 * A load driver of two processes: one serves, the other is all the clients. Run {@link
 * io.mooring.xds.driver.LoadDriver}.
 */
@NullMarked
package io.mooring.xds.driver;

import org.jspecify.annotations.NullMarked;
