/**
 * Looks after the VM's workload as its WorkloadGroup's probe says, and reports what it finds to the
 * control plane.
 *
 * <p>This package is internal to the agent.
 */
@NullMarked
package io.mooring.identity.agent.health;

import org.jspecify.annotations.NullMarked;
