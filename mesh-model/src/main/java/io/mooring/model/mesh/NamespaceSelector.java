package io.mooring.model.mesh;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.util.List;
import java.util.Map;
import org.immutables.value.Value;

/**
 * Selects by labels as Kubernetes does: labels and expressions all hold. Immutable.
 *
 * @see <a
 *     href="https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/label-selector/">LabelSelector</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = NamespaceSelector.Builder.class)
public interface NamespaceSelector {

  /** Returns the labels. */
  Map<String, String> matchLabels();

  /** Returns the expressions. */
  List<Expression> matchExpressions();

  /** Returns whether labels are as this asks for; an operator that nobody knows fits none. */
  default boolean matches(Map<String, String> labels) {
    return labels.entrySet().containsAll(matchLabels().entrySet())
        && matchExpressions().stream().allMatch(expression -> expression.matches(labels));
  }

  /** A condition on one label. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = Expression.Builder.class)
  interface Expression {

    /** Returns the label. */
    @Value.Default
    default String key() {
      return "";
    }

    /** Returns {@code In}, {@code NotIn}, {@code Exists} or {@code DoesNotExist}. */
    @Value.Default
    default String operator() {
      return "";
    }

    /** Returns the values, for {@code In} and {@code NotIn}. */
    List<String> values();

    /** Returns whether the label is as this asks for; a label that is missing is in no set. */
    default boolean matches(Map<String, String> labels) {
      String value = labels.get(key());
      return switch (operator()) {
        case "In" -> value != null && values().contains(value);
        case "NotIn" -> value == null || !values().contains(value);
        case "Exists" -> value != null;
        case "DoesNotExist" -> value == null;
        default -> false;
      };
    }

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link Expression}. Not thread-safe. */
    final class Builder extends ImmutableExpression.Builder {
      Builder() {}
    }
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link NamespaceSelector}. Not thread-safe. */
  final class Builder extends ImmutableNamespaceSelector.Builder {
    Builder() {}
  }
}
