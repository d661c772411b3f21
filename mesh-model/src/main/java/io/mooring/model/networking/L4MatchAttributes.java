package io.mooring.model.networking;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.immutables.value.Value;

/**
 * What a TCP connection must have, all of it, to match. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/networking/virtual-service/">VirtualService</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = L4MatchAttributes.Builder.class)
public interface L4MatchAttributes {

  /** Returns the IPs or CIDR blocks of the destination. */
  List<String> destinationSubnets();

  /** Returns the port that the client addressed. */
  OptionalInt port();

  /** Returns the deprecated block of client IPs; Istio ignores it. */
  @Value.Default
  default String sourceSubnet() {
    return "";
  }

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

  /** Builds {@link L4MatchAttributes}. Not thread-safe. */
  final class Builder extends ImmutableL4MatchAttributes.Builder {
    Builder() {}
  }
}
