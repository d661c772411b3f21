package io.mooring.xds.translate.listener;

import io.mooring.service.ServiceKey;

/**
 * A service port that one proxy cannot offer as it is configured. Immutable.
 *
 * @param listener name of the listener that something else has
 * @param service the service that lost
 * @param reason who has it, and what would end the conflict
 */
public record ListenerConflict(String listener, ServiceKey service, String reason) {}
