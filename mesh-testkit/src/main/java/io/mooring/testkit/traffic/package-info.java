/**
 * What a proxy would do with a call, and a small proxy that does it: both read the generated Envoy
 * configuration and nothing else, so that a test can say {@code "GET reviews:9080/ goes to cluster
 * X"} instead of comparing bytes, and a machine without Envoy can still run a mesh.
 *
 * <p>{@link io.mooring.testkit.traffic.TrafficSimulation} is the pure part, {@link
 * io.mooring.testkit.traffic.InProcessProxy} the one with ports. Configuration that they do not
 * know is never ignored: it is a {@link
 * io.mooring.testkit.traffic.UnsupportedConfigurationException}.
 *
 * <p>This package is public API.
 */
@NullMarked
package io.mooring.testkit.traffic;

import org.jspecify.annotations.NullMarked;
