/**
 * Everything that one proxy of the mesh gets: scope and translators put together.
 *
 * <p>This package is public API.
 */
@NullMarked
package io.mooring.xds.mesh;

import org.jspecify.annotations.NullMarked;
