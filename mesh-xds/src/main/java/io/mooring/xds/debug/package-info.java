/**
 * What was generated, in a form that people and other programs read.
 *
 * <p>This package is public API.
 */
@NullMarked
package io.mooring.xds.debug;

import org.jspecify.annotations.NullMarked;
