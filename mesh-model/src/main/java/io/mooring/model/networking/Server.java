package io.mooring.model.networking;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.util.List;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * One listener of a {@link Gateway}. Immutable.
 *
 * @see <a href="https://istio.io/latest/docs/reference/config/networking/gateway/">Gateway</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = Server.Builder.class)
public interface Server {

  /** Returns the port; required. */
  Optional<Port> port();

  /** Returns the IP or Unix socket to listen on; empty is every address. */
  @Value.Default
  default String bind() {
    return "";
  }

  /** Returns the hosts, each a DNS name with an optional {@code namespace/} before it. */
  List<String> hosts();

  /** Returns how connections are secured. */
  Optional<ServerTlsSettings> tls();

  /** Returns where traffic goes by default; no proxy has it. */
  @Value.Default
  default String defaultEndpoint() {
    return "";
  }

  /** Returns the name, unique among all servers. */
  @Value.Default
  default String name() {
    return "";
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link Server}. Not thread-safe. */
  final class Builder extends ImmutableServer.Builder {
    Builder() {}
  }
}
