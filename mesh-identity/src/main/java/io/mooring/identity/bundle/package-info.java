/**
 * SPIFFE federation: the endpoint that publishes our trust bundle, and the client that keeps those
 * of other trust domains fresh.
 *
 * <p>This package is public API.
 */
@NullMarked
package io.mooring.identity.bundle;

import org.jspecify.annotations.NullMarked;
