package io.mooring.identity.bootstrap;

import java.util.Arrays;
import java.util.stream.Collectors;

/** How an application's traffic reaches the Envoy of its VM. */
public enum CaptureMode {
  /** Not at all: applications call the explicit ports that Envoy listens on. */
  NONE("none", "NONE"),
  /** The kernel redirects it, by the rules of the bundle's capture script. */
  TRANSPARENT("transparent", "REDIRECT");

  private final String text;
  private final String interceptionMode;

  CaptureMode(String text, String interceptionMode) {
    this.text = text;
    this.interceptionMode = interceptionMode;
  }

  /**
   * Returns the mode that {@code text} names.
   *
   * @throws IllegalArgumentException unless it is {@code none} or {@code transparent}
   */
  public static CaptureMode parse(String text) {
    return Arrays.stream(values())
        .filter(mode -> mode.text.equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "capture mode '"
                        + text
                        + "' (expected: "
                        + Arrays.stream(values())
                            .map(CaptureMode::toString)
                            .collect(Collectors.joining(" or "))
                        + ")"));
  }

  /** Returns the node metadata {@code INTERCEPTION_MODE} that says so, in Istio's words. */
  public String interceptionMode() {
    return interceptionMode;
  }

  /** Returns the word of the command line and of {@code agent.json}. */
  @Override
  public String toString() {
    return text;
  }
}
