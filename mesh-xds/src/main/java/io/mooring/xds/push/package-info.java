/**
 * From a change to a push: debouncing, at most one pending push a proxy.
 *
 * <p>This package is public API. {@link io.mooring.xds.push.ResourceProvider} is what users
 * implement, or take ready-made as {@link io.mooring.xds.push.SnapshotResources}.
 */
@NullMarked
package io.mooring.xds.push;

import org.jspecify.annotations.NullMarked;
