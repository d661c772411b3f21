package io.mooring.model.mesh;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.util.List;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * A network, whose endpoints reach one another. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/">MeshNetworks</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = Network.Builder.class)
public interface Network {

  /** Returns whose endpoints are in it. */
  List<NetworkEndpoints> endpoints();

  /** Returns where other networks enter it. */
  List<NetworkGateway> gateways();

  /** Endpoints of a network; one of the two. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = NetworkEndpoints.Builder.class)
  interface NetworkEndpoints {

    /** Returns the block of their addresses. */
    Optional<String> fromCidr();

    /** Returns the cluster that they are of. */
    Optional<String> fromRegistry();

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link NetworkEndpoints}. Not thread-safe. */
    final class Builder extends ImmutableNetworkEndpoints.Builder {
      Builder() {}
    }
  }

  /** Where other networks enter. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = NetworkGateway.Builder.class)
  interface NetworkGateway {

    /** Returns the service of the gateway; excludes {@link #address()}. */
    Optional<String> registryServiceName();

    /** Returns the IP or DNS name of the gateway. */
    Optional<String> address();

    /** Returns the port, 1..65535. */
    @Value.Default
    default long port() {
      return 0;
    }

    /** Returns the locality of the gateway, {@code region/zone/subzone}. */
    @Value.Default
    default String locality() {
      return "";
    }

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link NetworkGateway}. Not thread-safe. */
    final class Builder extends ImmutableNetworkGateway.Builder {
      Builder() {}
    }
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link Network}. Not thread-safe. */
  final class Builder extends ImmutableNetwork.Builder {
    Builder() {}
  }
}
