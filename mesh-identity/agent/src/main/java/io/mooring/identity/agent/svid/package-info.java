/**
 * The agent's own certificate: its key, the request, the check of the answer, and the files that
 * keep it across restarts.
 *
 * <p>This package is internal to the agent.
 */
@NullMarked
package io.mooring.identity.agent.svid;

import org.jspecify.annotations.NullMarked;
