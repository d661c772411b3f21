package io.mooring.model.kubernetes;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.Condition;
import io.mooring.model.MeshStyle;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * What the cluster says of a {@link Pod}. Immutable.
 *
 * @see <a
 *     href="https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/">Pod</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = PodStatus.Builder.class)
public interface PodStatus {

  /**
   * Returns {@code Pending}, {@code Running}, {@code Succeeded}, {@code Failed} or {@code Unknown}.
   */
  @Value.Default
  default String phase() {
    return "";
  }

  /** Returns the conditions, one a type; {@code Ready} decides whether it takes traffic. */
  List<Condition> conditions();

  /** Returns the address; empty until it has one. */
  @Value.Default
  default String podIP() {
    return "";
  }

  /** Returns the addresses of all families. */
  List<Address> podIPs();

  /** Returns the address of the node. */
  @Value.Default
  default String hostIP() {
    return "";
  }

  /** Returns the addresses of the node of all families. */
  List<Address> hostIPs();

  /** Returns when the node took it. */
  Optional<Instant> startTime();

  /** Returns the reason of the phase as one word. */
  @Value.Default
  default String reason() {
    return "";
  }

  /** Returns the reason of the phase for people. */
  @Value.Default
  default String message() {
    return "";
  }

  /** One address. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = Address.Builder.class)
  interface Address {

    /** Returns the IP. */
    @Value.Default
    default String ip() {
      return "";
    }

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link Address}. Not thread-safe. */
    final class Builder extends ImmutableAddress.Builder {
      Builder() {}
    }
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link PodStatus}. Not thread-safe. */
  final class Builder extends ImmutablePodStatus.Builder {
    Builder() {}
  }
}
