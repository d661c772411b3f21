package io.mooring.model.kubernetes;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.Condition;
import io.mooring.model.MeshStyle;
import java.util.List;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * What the cluster says of a {@link Service}. Immutable.
 *
 * @see <a
 *     href="https://kubernetes.io/docs/reference/kubernetes-api/service-resources/service-v1/">Service</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = ServiceStatus.Builder.class)
public interface ServiceStatus {

  /** Returns where the load balancer is reached. */
  Optional<LoadBalancer> loadBalancer();

  /** Returns the conditions, one a type. */
  List<Condition> conditions();

  /** The load balancer of a service. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = LoadBalancer.Builder.class)
  interface LoadBalancer {

    /** Returns its addresses. */
    List<Ingress> ingress();

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link LoadBalancer}. Not thread-safe. */
    final class Builder extends ImmutableLoadBalancer.Builder {
      Builder() {}
    }
  }

  /** One address of a load balancer. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = Ingress.Builder.class)
  interface Ingress {

    /** Returns the IP; empty where there is a host name. */
    @Value.Default
    default String ip() {
      return "";
    }

    /** Returns the host name; empty where there is an IP. */
    @Value.Default
    default String hostname() {
      return "";
    }

    /** Returns {@code VIP} or {@code Proxy}. */
    @Value.Default
    default String ipMode() {
      return "";
    }

    /** Returns the state of its ports. */
    List<IngressPort> ports();

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link Ingress}. Not thread-safe. */
    final class Builder extends ImmutableIngress.Builder {
      Builder() {}
    }
  }

  /** The state of one port of a load balancer. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = IngressPort.Builder.class)
  interface IngressPort {

    /** Returns the number. */
    @Value.Default
    default int port() {
      return 0;
    }

    /** Returns {@code TCP}, {@code UDP} or {@code SCTP}. */
    @Value.Default
    default String protocol() {
      return "";
    }

    /** Returns what is wrong with it. */
    Optional<String> error();

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link IngressPort}. Not thread-safe. */
    final class Builder extends ImmutableIngressPort.Builder {
      Builder() {}
    }
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link ServiceStatus}. Not thread-safe. */
  final class Builder extends ImmutableServiceStatus.Builder {
    Builder() {}
  }
}
