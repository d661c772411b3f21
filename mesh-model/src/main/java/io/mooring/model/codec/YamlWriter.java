package io.mooring.model.codec;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Prints a JSON tree as block-style YAML. Text that any YAML version could take for something else
 * is quoted, so that {@code "on"} stays text also for YAML 1.1 readers such as kubectl.
 */
final class YamlWriter {

  private static final Pattern PLAIN = Pattern.compile("[A-Za-z/_][A-Za-z0-9_./-]*");
  private static final Set<String> WORDS =
      Set.of("y", "n", "yes", "no", "on", "off", "true", "false", "null");

  private final StringBuilder out = new StringBuilder();

  private YamlWriter() {}

  /** Returns the text of a non-empty object, which ends with a line break. */
  static String print(JsonNode object) {
    YamlWriter writer = new YamlWriter();
    writer.map(object, 0, false);
    return writer.out.toString();
  }

  private void map(JsonNode object, int indent, boolean continued) {
    boolean first = continued;
    for (Map.Entry<String, JsonNode> field : object.properties()) {
      if (!first) {
        out.append(" ".repeat(indent));
      }
      first = false;
      out.append(scalar(field.getKey())).append(':');
      value(field.getValue(), indent);
    }
  }

  private void value(JsonNode value, int indent) {
    if (value.isObject() && !value.isEmpty()) {
      out.append('\n');
      map(value, indent + 2, false);
    } else if (value.isArray() && !value.isEmpty()) {
      out.append('\n');
      list(value, indent);
    } else {
      out.append(' ').append(leaf(value)).append('\n');
    }
  }

  private void list(JsonNode list, int indent) {
    for (JsonNode item : list) {
      out.append(" ".repeat(indent)).append("- ");
      if (item.isObject() && !item.isEmpty()) {
        map(item, indent + 2, true);
      } else {
        out.append(leaf(item)).append('\n');
      }
    }
  }

  private static String leaf(JsonNode value) {
    return value.isTextual() ? scalar(value.textValue()) : value.toString();
  }

  private static String scalar(String text) {
    boolean plain = PLAIN.matcher(text).matches() && !WORDS.contains(text.toLowerCase(Locale.ROOT));
    return plain ? text : quoted(text);
  }

  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    text.codePoints().forEach(c -> append(quoted, c));
    return quoted.append('"').toString();
  }

  private static void append(StringBuilder quoted, int c) {
    if (c == '"' || c == '\\') {
      quoted.append('\\').appendCodePoint(c);
    } else if (c == '\n') {
      quoted.append("\\n");
    } else if (c < 0x20 || (c >= 0x7F && c < 0xA0) || isUnprintable(c)) {
      quoted.append(String.format("\\u%04x", c));
    } else {
      quoted.appendCodePoint(c);
    }
  }

  /** Line separators, lone surrogates, the byte order mark and the two non-characters. */
  private static boolean isUnprintable(int c) {
    return c == 0x2028
        || c == 0x2029
        || (c >= 0xD800 && c <= 0xDFFF)
        || c == 0xFEFF
        || c == 0xFFFE
        || c == 0xFFFF;
  }
}
