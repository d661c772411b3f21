/**
 * Envoy's secret discovery service on a Unix socket, in both of its dialects.
 *
 * <p>This package is internal to the agent. Everything that holds state is confined to one thread:
 * gRPC runs the calls on it, and a new secret is handed to it.
 */
@NullMarked
package io.mooring.identity.agent.sds;

import org.jspecify.annotations.NullMarked;
