/**
 * xDS clients that do what a test says.
 *
 * <p>This package is public API.
 */
@NullMarked
package io.mooring.testkit.xds;

import org.jspecify.annotations.NullMarked;
