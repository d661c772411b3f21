package io.mooring.model.kubernetes;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * One backend of an {@link EndpointSlice}. Immutable.
 *
 * @see <a
 *     href="https://kubernetes.io/docs/reference/kubernetes-api/service-resources/endpoint-slice-v1/">EndpointSlice</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = Endpoint.Builder.class)
public interface Endpoint {

  /** Returns the addresses, which mean one backend. */
  List<String> addresses();

  /** Returns whether it takes traffic. */
  Optional<Conditions> conditions();

  /** Returns the host name. */
  @Value.Default
  default String hostname() {
    return "";
  }

  /** Returns the object behind it, e.g. a Pod. */
  Optional<ObjectReference> targetRef();

  /** Returns the node. */
  @Value.Default
  default String nodeName() {
    return "";
  }

  /** Returns the zone. */
  @Value.Default
  default String zone() {
    return "";
  }

  /** Returns who should use it. */
  Optional<Hints> hints();

  /** Returns the topology of older API versions. */
  Map<String, String> deprecatedTopology();

  /** Whether a backend takes traffic. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = Conditions.Builder.class)
  interface Conditions {

    /** Returns whether it takes new connections; absent is yes. */
    Optional<Boolean> ready();

    /** Returns whether it answers, ending or not; absent is as {@code ready}. */
    Optional<Boolean> serving();

    /** Returns whether it is ending; absent is no. */
    Optional<Boolean> terminating();

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link Conditions}. Not thread-safe. */
    final class Builder extends ImmutableConditions.Builder {
      Builder() {}
    }
  }

  /** Who should use a backend. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = Hints.Builder.class)
  interface Hints {

    /** Returns the zones of its clients. */
    List<ForZone> forZones();

    /** Returns the nodes of its clients. */
    List<ForNode> forNodes();

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link Hints}. Not thread-safe. */
    final class Builder extends ImmutableHints.Builder {
      Builder() {}
    }
  }

  /** A zone of clients. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = ForZone.Builder.class)
  interface ForZone {

    /** Returns the name. */
    @Value.Default
    default String name() {
      return "";
    }

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link ForZone}. Not thread-safe. */
    final class Builder extends ImmutableForZone.Builder {
      Builder() {}
    }
  }

  /** A node of clients. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = ForNode.Builder.class)
  interface ForNode {

    /** Returns the name. */
    @Value.Default
    default String name() {
      return "";
    }

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link ForNode}. Not thread-safe. */
    final class Builder extends ImmutableForNode.Builder {
      Builder() {}
    }
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link Endpoint}. Not thread-safe. */
  final class Builder extends ImmutableEndpoint.Builder {
    Builder() {}
  }
}
