package io.mooring.model.kubernetes;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.util.List;
import java.util.OptionalInt;
import org.immutables.value.Value;

/**
 * What a {@link Pod} asks for. Immutable.
 *
 * @see <a
 *     href="https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/">Pod</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = PodSpec.Builder.class)
public interface PodSpec {

  /** Returns the containers. */
  List<Container> containers();

  /** Returns the containers that run before them, or beside them if they always restart. */
  List<Container> initContainers();

  /** Returns whether it has the network of its node. */
  @Value.Default
  default boolean hostNetwork() {
    return false;
  }

  /** Returns the host name; empty is the name of the Pod. */
  @Value.Default
  default String hostname() {
    return "";
  }

  /** Returns the headless Service that gives it a DNS name. */
  @Value.Default
  default String subdomain() {
    return "";
  }

  /** Returns the node. */
  @Value.Default
  default String nodeName() {
    return "";
  }

  /** Returns the account; empty is {@code default}. */
  @Value.Default
  default String serviceAccountName() {
    return "";
  }

  /** Returns the further conditions of readiness. */
  List<ReadinessGate> readinessGates();

  /** One container. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = Container.Builder.class)
  interface Container {

    /** Returns the name. */
    @Value.Default
    default String name() {
      return "";
    }

    /** Returns the image. */
    @Value.Default
    default String image() {
      return "";
    }

    /** Returns the ports that it says to open. */
    List<ContainerPort> ports();

    /** Returns {@code Always} for a container beside the others, else empty. */
    @Value.Default
    default String restartPolicy() {
      return "";
    }

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link Container}. Not thread-safe. */
    final class Builder extends ImmutableContainer.Builder {
      Builder() {}
    }
  }

  /** A port that a container says to open. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = ContainerPort.Builder.class)
  interface ContainerPort {

    /** Returns the name, which Services may ask for. */
    @Value.Default
    default String name() {
      return "";
    }

    /** Returns the number, 1..65535. */
    @Value.Default
    default int containerPort() {
      return 0;
    }

    /** Returns {@code TCP}, which is the default, {@code UDP} or {@code SCTP}. */
    @Value.Default
    default String protocol() {
      return "";
    }

    /** Returns the port of the node. */
    OptionalInt hostPort();

    /** Returns the address of the node. */
    @Value.Default
    default String hostIP() {
      return "";
    }

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link ContainerPort}. Not thread-safe. */
    final class Builder extends ImmutableContainerPort.Builder {
      Builder() {}
    }
  }

  /** A further condition of readiness. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = ReadinessGate.Builder.class)
  interface ReadinessGate {

    /** Returns its type. */
    @Value.Default
    default String conditionType() {
      return "";
    }

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link ReadinessGate}. Not thread-safe. */
    final class Builder extends ImmutableReadinessGate.Builder {
      Builder() {}
    }
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link PodSpec}. Not thread-safe. */
  final class Builder extends ImmutablePodSpec.Builder {
    Builder() {}
  }
}
