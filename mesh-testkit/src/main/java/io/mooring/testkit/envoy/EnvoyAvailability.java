package io.mooring.testkit.envoy;

import static org.assertj.core.api.Assumptions.assumeThat;

import io.mooring.identity.agent.EnvoyBinary;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides whether tests that need a real Envoy run. Without one they are skipped, and one line says
 * so; with {@code -Dmooring.envoy.required=true} they fail.
 */
public final class EnvoyAvailability {

  private static final String HINT = "set ENVOY_BINARY or put envoy on the PATH";

  private EnvoyAvailability() {}

  /** Returns the Envoy executable of this machine. */
  public static Optional<Path> find() {
    return Found.BINARY;
  }

  /**
   * Returns the Envoy executable, or skips the test that calls. Needs AssertJ and the test
   * framework on the class path.
   *
   * @throws AssertionError if there is none and the system property {@code mooring.envoy.required}
   *     is {@code true}
   */
  public static Path orSkip() {
    if (Found.BINARY.isEmpty() && Boolean.getBoolean("mooring.envoy.required")) {
      throw new AssertionError("no Envoy, but mooring.envoy.required=true: " + HINT);
    }
    assumeThat(Found.BINARY).as("Envoy: %s", HINT).isPresent();
    return Found.BINARY.orElseThrow();
  }

  /** Looked up once in the life of the JVM, so that the line is logged once. */
  private static final class Found {

    private static final Logger LOG = LoggerFactory.getLogger(EnvoyAvailability.class);

    static final Optional<Path> BINARY = EnvoyBinary.find();

    static {
      if (BINARY.isEmpty()) {
        LOG.warn("event=envoy_tests_skipped reason=\"no Envoy found\" hint=\"{}\"", HINT);
      }
    }
  }
}
