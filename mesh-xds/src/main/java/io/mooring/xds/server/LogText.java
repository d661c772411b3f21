package io.mooring.xds.server;

/** Makes what a peer wrote fit for one line of log. */
final class LogText {

  private static final int MAX_LENGTH = 500;

  private LogText() {}

  /**
   * Returns {@code text} without control characters and quotes, and not longer than a few lines.
   */
  static String of(String text) {
    StringBuilder clean = new StringBuilder(Math.min(text.length(), MAX_LENGTH));
    for (int i = 0; i < text.length() && i < MAX_LENGTH; i++) {
      char c = text.charAt(i);
      clean.append(Character.isISOControl(c) ? ' ' : c == '"' ? '\'' : c);
    }
    return clean.append(text.length() > MAX_LENGTH ? "..." : "").toString();
  }
}
