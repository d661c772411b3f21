/**
 * Values of the networking.istio.io API group.
 *
 * <p>This package is public API.
 */
@NullMarked
package io.mooring.model.networking;

import org.jspecify.annotations.NullMarked;
