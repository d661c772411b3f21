/**
 * The VM side: keeps an SVID fresh, serves it to Envoy by SDS on a Unix socket, runs Envoy.
 *
 * <p>This package is public API.
 */
@NullMarked
package io.mooring.identity.agent;

import org.jspecify.annotations.NullMarked;
