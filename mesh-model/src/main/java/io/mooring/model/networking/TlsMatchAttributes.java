package io.mooring.model.networking;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.immutables.value.Value;

/**
 * What a TLS connection must have, all of it, to match. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/networking/virtual-service/">VirtualService</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = TlsMatchAttributes.Builder.class)
public interface TlsMatchAttributes {

  /** Returns the server names, of which one must match; within the hosts of the rule. */
  List<String> sniHosts();

  /** Returns the IPs or CIDR blocks of the destination. */
  List<String> destinationSubnets();

  /** Returns the port that the client addressed. */
  OptionalInt port();

  /** Returns the labels of the clients it is for. */
  Map<String, String> sourceLabels();

  /** Returns the namespace of the clients it is for; empty is any. */
  @Value.Default
  default String sourceNamespace() {
    return "";
  }

  /** Returns the gateways it is for, instead of the VirtualService's own. */
  List<String> gateways();

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link TlsMatchAttributes}. Not thread-safe. */
  final class Builder extends ImmutableTlsMatchAttributes.Builder {
    Builder() {}
  }
}
