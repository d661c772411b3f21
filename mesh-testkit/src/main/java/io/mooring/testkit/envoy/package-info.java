/**
 * The real Envoy in tests: is it there, does it accept this configuration, run it.
 *
 * <p>This package is public API.
 */
@NullMarked
package io.mooring.testkit.envoy;

import org.jspecify.annotations.NullMarked;
