/**
 * Fakes of the registry's SPI, and the contracts that every implementation must pass.
 *
 * <p>This package is public API.
 */
@NullMarked
package io.mooring.testkit.registry;

import org.jspecify.annotations.NullMarked;
