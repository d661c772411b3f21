package io.mooring.model.mesh;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * Which proxies stand before a gateway. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#Topology">Topology</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = GatewayTopology.Builder.class)
public interface GatewayTopology {

  /** Returns how many of them are believed. */
  @Value.Default
  default long numTrustedProxies() {
    return 0;
  }

  /** Returns what becomes of the header with the client certificate. */
  @Value.Default
  default ForwardClientCertDetails forwardClientCertDetails() {
    return ForwardClientCertDetails.UNDEFINED;
  }

  /** Returns whether they speak the PROXY protocol. */
  Optional<ProxyProtocol> proxyProtocol();

  /** The PROXY protocol, without settings. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = ProxyProtocol.Builder.class)
  interface ProxyProtocol {

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link ProxyProtocol}. Not thread-safe. */
    final class Builder extends ImmutableProxyProtocol.Builder {
      Builder() {}
    }
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link GatewayTopology}. Not thread-safe. */
  final class Builder extends ImmutableGatewayTopology.Builder {
    Builder() {}
  }
}
