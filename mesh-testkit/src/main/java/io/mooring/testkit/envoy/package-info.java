/**
 * The real Envoy in tests: finding or installing it, asking it whether a configuration is valid,
 * running it.
 *
 * <p>This package is public API.
 */
@NullMarked
package io.mooring.testkit.envoy;

import org.jspecify.annotations.NullMarked;
