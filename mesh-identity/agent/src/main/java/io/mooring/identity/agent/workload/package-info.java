/**
 * The SPIFFE Workload API on a Unix socket: how programs on the VM get its identity.
 *
 * <p>This package is internal to the agent. Everything that holds state is confined to one thread:
 * gRPC runs the calls on it, and a new identity is handed to it.
 *
 * @see <a href="https://github.com/spiffe/spiffe/blob/main/standards/SPIFFE_Workload_API.md">SPIFFE
 *     Workload API</a>
 */
@NullMarked
package io.mooring.identity.agent.workload;

import org.jspecify.annotations.NullMarked;
