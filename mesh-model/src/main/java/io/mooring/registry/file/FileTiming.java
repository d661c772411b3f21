package io.mooring.registry.file;

import java.time.Duration;

/**
 * How long the source waits for what. Immutable.
 *
 * @param poll between two looks at the directory where nothing hints at a change
 * @param quiet how long a file must lie unchanged before it is read: a writer may be in the middle
 * @param patience after which a file that never lies still is read all the same
 * @param settle how long a text must stay without an object, or a file away, before the object goes
 */
record FileTiming(Duration poll, Duration quiet, Duration patience, Duration settle) {

  static final FileTiming DEFAULTS =
      new FileTiming(
          Duration.ofSeconds(1),
          Duration.ofMillis(50),
          Duration.ofSeconds(1),
          Duration.ofMillis(500));
}
