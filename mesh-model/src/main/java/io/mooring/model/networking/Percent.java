package io.mooring.model.networking;

/**
 * A share of requests. Immutable.
 *
 * @param value percent, 0..100; fractions down to 0.0001 are kept
 */
public record Percent(double value) {}
