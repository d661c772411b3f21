package io.mooring.model.codec;

import java.util.ArrayList;
import java.util.List;

/**
 * Cuts YAML text at the document markers, which are {@code ---} in the first column: there they can
 * be part of no scalar. Each document is then parsed alone, since a YAML parser cannot go on after
 * a syntax error.
 */
final class DocumentSplitter {

  /**
   * A part of the text.
   *
   * @param text the text, its marker included
   * @param firstLine line of the file that it begins with, from 0
   */
  record Part(String text, int firstLine) {}

  private DocumentSplitter() {}

  /** Returns the parts that have more than blanks and comments. */
  static List<Part> split(String text) {
    List<Part> parts = new ArrayList<>();
    int start = text.startsWith("\uFEFF") ? 1 : 0; // byte order mark
    int startLine = 0;
    int line = 0;
    boolean content = false;
    boolean directive = false;
    for (int at = start; at < text.length(); at = nextLine(text, at), line++) {
      if (isMarker(text, at)) {
        if (content) {
          parts.add(new Part(text.substring(start, at), startLine));
        }
        if (!directive || content) { // %YAML and %TAG belong to the marker after them
          start = at;
          startLine = line;
        }
        content = text.length() > at + 3 && hasContent(text, at + 3);
        directive = false;
      } else if (text.charAt(at) == '%' && !content) {
        directive = true;
      } else {
        content |= hasContent(text, at);
      }
    }
    if (content || directive) {
      parts.add(new Part(text.substring(start), startLine));
    }
    return parts;
  }

  private static int nextLine(String text, int at) {
    int end = text.indexOf('\n', at);
    return end < 0 ? text.length() : end + 1;
  }

  private static boolean isMarker(String text, int at) {
    return text.startsWith("---", at)
        && (text.length() == at + 3 || Character.isWhitespace(text.charAt(at + 3)));
  }

  private static boolean hasContent(String text, int from) {
    for (int i = from; i < text.length() && text.charAt(i) != '\n'; i++) {
      char c = text.charAt(i);
      if (c != ' ' && c != '\t' && c != '\r') {
        return c != '#';
      }
    }
    return false;
  }
}
