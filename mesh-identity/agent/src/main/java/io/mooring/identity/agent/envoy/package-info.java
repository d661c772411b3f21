/**
 * Envoy as a child process: its configuration file, its addresses, its life and its orderly end.
 *
 * <p>This package is internal to the agent.
 */
@NullMarked
package io.mooring.identity.agent.envoy;

import org.jspecify.annotations.NullMarked;
