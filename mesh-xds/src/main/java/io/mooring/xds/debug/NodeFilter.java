package io.mooring.xds.debug;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.type.matcher.v3.NodeMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StructMatcher;
import io.envoyproxy.envoy.type.matcher.v3.ValueMatcher;
import io.mooring.xds.node.ProxyNode;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which nodes a status request means. Pure. */
final class NodeFilter {

  private NodeFilter() {}

  /**
   * Returns whether a node meets any of the matchers; without any, every node does.
   *
   * @throws IllegalArgumentException if a matcher is of a kind that is not supported: lists,
   *     alternatives and custom ones
   */
  static boolean accepts(List<NodeMatcher> matchers, ProxyNode node) {
    return matchers.isEmpty() || matchers.stream().anyMatch(matcher -> accepts(matcher, node));
  }

  private static boolean accepts(NodeMatcher matcher, ProxyNode node) {
    return (!matcher.hasNodeId() || accepts(matcher.getNodeId(), node.id()))
        && matcher.getNodeMetadatasList().stream()
            .allMatch(metadata -> accepts(metadata, node.metadata()));
  }

  private static boolean accepts(StructMatcher matcher, Struct metadata) {
    @Nullable Value value = Value.newBuilder().setStructValue(metadata).build();
    for (StructMatcher.PathSegment segment : matcher.getPathList()) {
      value = value == null ? null : value.getStructValue().getFieldsMap().get(segment.getKey());
    }
    return accepts(matcher.getValue(), value);
  }

  private static boolean accepts(ValueMatcher matcher, @Nullable Value value) {
    return switch (matcher.getMatchPatternCase()) {
      case PRESENT_MATCH -> matcher.getPresentMatch() == (value != null);
      case NULL_MATCH -> value != null && value.hasNullValue();
      case BOOL_MATCH ->
          value != null && value.hasBoolValue() && value.getBoolValue() == matcher.getBoolMatch();
      case STRING_MATCH ->
          value != null
              && value.hasStringValue()
              && accepts(matcher.getStringMatch(), value.getStringValue());
      default -> throw unsupported(matcher.getMatchPatternCase());
    };
  }

  private static boolean accepts(StringMatcher matcher, String text) {
    boolean anyCase = matcher.getIgnoreCase();
    String value = anyCase ? text.toLowerCase(Locale.ROOT) : text;
    return switch (matcher.getMatchPatternCase()) {
      case EXACT -> value.equals(cased(matcher.getExact(), anyCase));
      case PREFIX -> value.startsWith(cased(matcher.getPrefix(), anyCase));
      case SUFFIX -> value.endsWith(cased(matcher.getSuffix(), anyCase));
      case CONTAINS -> value.contains(cased(matcher.getContains(), anyCase));
      case SAFE_REGEX -> Pattern.matches(matcher.getSafeRegex().getRegex(), text);
      default -> throw unsupported(matcher.getMatchPatternCase());
    };
  }

  private static String cased(String pattern, boolean anyCase) {
    return anyCase ? pattern.toLowerCase(Locale.ROOT) : pattern;
  }

  private static IllegalArgumentException unsupported(Enum<?> kind) {
    return new IllegalArgumentException(
        "node_matchers: '" + kind + "' (expected: a string, bool, null or present match)");
  }
}
