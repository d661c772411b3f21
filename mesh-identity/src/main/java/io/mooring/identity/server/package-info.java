/**
 * gRPC adapters of issuing.
 *
 * <p>This package is public API.
 */
@NullMarked
package io.mooring.identity.server;

import org.jspecify.annotations.NullMarked;
