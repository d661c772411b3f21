package io.mooring.registry;

import io.mooring.model.ConfigKey;

/**
 * That the registry refuses what a source last said of an object; what it said before goes on being
 * served. Immutable.
 *
 * @param source name of the source
 * @param object key of the object
 * @param reason what is wrong with it, for an operator
 */
public record Rejection(String source, ConfigKey object, String reason) {}
