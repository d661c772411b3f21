package io.mooring.identity.bootstrap;

import static java.util.Objects.requireNonNull;

import io.mooring.identity.IpLiteral;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The script for transparent capture: the resource {@code capture.sh}, filled in. Stateless. */
final class CaptureScript {

  private static final String TEMPLATE = "capture.sh";

  private CaptureScript() {}

  /**
   * The agent itself must reach the control plane before Envoy runs, so that way is not captured.
   */
  static String of(ControlPlane controlPlane) {
    boolean literal = IpLiteral.matches(controlPlane.host());
    return template()
        .replace("@CONTROL_PLANE_IP@", literal ? controlPlane.host() : "")
        .replace("@CONTROL_PLANE_PORT@", Integer.toString(controlPlane.port()));
  }

  private static String template() {
    try (InputStream in =
        requireNonNull(CaptureScript.class.getResourceAsStream(TEMPLATE), TEMPLATE)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("resource " + TEMPLATE, e);
    }
  }
}
