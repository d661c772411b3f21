package io.mooring.xds.protocol;

/**
 * Why a client did not accept a response, in its own words. Immutable.
 *
 * @param code gRPC status code
 * @param message for humans: its text is not stable
 */
public record Rejection(int code, String message) {}
