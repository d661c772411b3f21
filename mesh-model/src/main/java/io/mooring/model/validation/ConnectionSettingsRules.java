package io.mooring.model.validation;

import io.mooring.model.mesh.ConnectionSettings;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/** Rules of the bounds that MeshConfig sets to connections and requests of a proxy. */
final class ConnectionSettingsRules {

  private static final int SMALLEST_WINDOW = 65_535; // RFC 9113 section 6.9.2

  private ConnectionSettingsRules() {}

  static void check(ConnectionSettings settings, FieldPath path, Violations violations) {
    atLeast(
        0,
        settings.listenerPerConnectionBufferLimitBytes(),
        path.field("listenerPerConnectionBufferLimitBytes"),
        violations);
    atLeast(
        0,
        settings.clusterPerConnectionBufferLimitBytes(),
        path.field("clusterPerConnectionBufferLimitBytes"),
        violations);
    atLeast(
        1, settings.httpMaxConcurrentStreams(), path.field("httpMaxConcurrentStreams"), violations);
    atLeast(
        SMALLEST_WINDOW,
        settings.http2InitialStreamWindowSize(),
        path.field("http2InitialStreamWindowSize"),
        violations);
    atLeast(
        SMALLEST_WINDOW,
        settings.http2InitialConnectionWindowSize(),
        path.field("http2InitialConnectionWindowSize"),
        violations);
    atLeast(
        1, settings.listenerConnectionLimit(), path.field("listenerConnectionLimit"), violations);
    atLeast(
        1,
        settings.globalDownstreamConnectionLimit(),
        path.field("globalDownstreamConnectionLimit"),
        violations);
    checkTimes(settings, path, violations);
  }

  private static void checkTimes(
      ConnectionSettings settings, FieldPath path, Violations violations) {
    notNegative(settings.httpIdleTimeout(), path.field("httpIdleTimeout"), violations);
    notNegative(
        settings.httpMaxConnectionDuration(), path.field("httpMaxConnectionDuration"), violations);
    notNegative(settings.httpDrainTimeout(), path.field("httpDrainTimeout"), violations);
    notNegative(settings.httpRequestTimeout(), path.field("httpRequestTimeout"), violations);
    notNegative(
        settings.httpRequestHeadersTimeout(), path.field("httpRequestHeadersTimeout"), violations);
    notNegative(settings.httpStreamIdleTimeout(), path.field("httpStreamIdleTimeout"), violations);
    notNegative(settings.httpMaxStreamDuration(), path.field("httpMaxStreamDuration"), violations);
  }

  private static void atLeast(int min, OptionalInt value, FieldPath path, Violations violations) {
    if (value.orElse(min) < min) {
      violations.error(path, value.getAsInt(), min + " or more");
    }
  }

  private static void notNegative(Optional<Duration> time, FieldPath path, Violations violations) {
    time.filter(Duration::isNegative)
        .ifPresent(value -> violations.error(path, Violations.seconds(value), "0 or more"));
  }
}
