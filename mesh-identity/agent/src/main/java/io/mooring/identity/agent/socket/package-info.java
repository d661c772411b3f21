/**
 * gRPC servers on Unix sockets, and the places where such sockets lie.
 *
 * <p>This package is internal to the agent.
 */
@NullMarked
package io.mooring.identity.agent.socket;

import org.jspecify.annotations.NullMarked;
