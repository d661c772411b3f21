package io.mooring.xds.translate.cluster;

import com.google.protobuf.Duration;

/** Turns the JDK's durations into protobuf's. */
final class Durations {

  private Durations() {}

  static Duration proto(java.time.Duration duration) {
    return Duration.newBuilder()
        .setSeconds(duration.getSeconds())
        .setNanos(duration.getNano())
        .build();
  }
}
