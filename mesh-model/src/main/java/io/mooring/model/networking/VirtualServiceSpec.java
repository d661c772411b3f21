package io.mooring.model.networking;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.util.List;
import org.immutables.value.Value;

/**
 * What a {@link VirtualService} says. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/networking/virtual-service/">VirtualService</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = VirtualServiceSpec.Builder.class)
public interface VirtualServiceSpec {

  /** Returns the names that clients address; the left-most label may be {@code *}. */
  List<String> hosts();

  /** Returns the gateways it binds; {@code mesh}, the default, is every sidecar. */
  List<String> gateways();

  /** Returns the rules of HTTP traffic; the first match wins. */
  List<HttpRoute> http();

  /** Returns the rules of TLS that is passed through; the first match wins. */
  List<TlsRoute> tls();

  /** Returns the rules of opaque TCP; the first match wins. */
  List<TcpRoute> tcp();

  /** Returns the namespaces that see it; empty means the mesh default. */
  List<String> exportTo();

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link VirtualServiceSpec}. Not thread-safe. */
  final class Builder extends ImmutableVirtualServiceSpec.Builder {
    Builder() {}
  }
}
