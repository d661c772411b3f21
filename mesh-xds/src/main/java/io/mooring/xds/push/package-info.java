/**
 * From a change to a push: debouncing, at most one pending push a proxy.
 *
 * <p>This package is public API.
 */
@NullMarked
package io.mooring.xds.push;

import org.jspecify.annotations.NullMarked;
