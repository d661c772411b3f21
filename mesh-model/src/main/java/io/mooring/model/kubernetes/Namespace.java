package io.mooring.model.kubernetes;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.Condition;
import io.mooring.model.ConfigKey;
import io.mooring.model.ConfigObject;
import io.mooring.model.MeshStyle;
import io.mooring.model.Metadata;
import java.util.List;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * A Kubernetes Namespace, as far as a mesh reads it: its labels and annotations. Immutable;
 * cluster-scoped, so that its own namespace is empty.
 *
 * @see <a
 *     href="https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/namespace-v1/">Namespace</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = Namespace.Builder.class)
public interface Namespace extends ConfigObject {

  @Override
  default String kind() {
    return "Namespace";
  }

  /** Returns the key; its namespace is empty whatever the metadata says. */
  @Override
  default ConfigKey key() {
    return new ConfigKey(kind(), "", metadata().name());
  }

  /** Returns the name, labels and annotations. */
  @Override
  @Value.Default
  default Metadata metadata() {
    return Metadata.builder().namespace("").build();
  }

  /** Returns the specification. */
  @Value.Default
  default Spec spec() {
    return Spec.builder().build();
  }

  /** Returns what the cluster says of it. */
  Optional<NamespaceStatus> status();

  /** What a {@link Namespace} says. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = Spec.Builder.class)
  interface Spec {

    /** Returns who must agree before it goes. */
    List<String> finalizers();

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link Spec}. Not thread-safe. */
    final class Builder extends ImmutableSpec.Builder {
      Builder() {}
    }
  }

  /** What the cluster says of a {@link Namespace}. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = NamespaceStatus.Builder.class)
  interface NamespaceStatus {

    /** Returns {@code Active} or {@code Terminating}. */
    @Value.Default
    default String phase() {
      return "";
    }

    /** Returns the conditions, one a type. */
    List<Condition> conditions();

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link NamespaceStatus}. Not thread-safe. */
    final class Builder extends ImmutableNamespaceStatus.Builder {
      Builder() {}
    }
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link Namespace}. Not thread-safe. */
  final class Builder extends ImmutableNamespace.Builder {
    Builder() {}
  }
}
