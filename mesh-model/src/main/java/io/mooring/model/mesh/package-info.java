/**
 * Settings of the whole mesh: {@code MeshConfig} and {@code MeshNetworks}.
 *
 * <p>This package is public API.
 */
@NullMarked
package io.mooring.model.mesh;

import org.jspecify.annotations.NullMarked;
