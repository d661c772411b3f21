package io.mooring.model.networking;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.util.Optional;
import java.util.OptionalInt;
import org.immutables.value.Value;

/**
 * Answers with a redirect. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/networking/virtual-service/">VirtualService</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = HttpRedirect.Builder.class)
public interface HttpRedirect {

  /** Returns the path that replaces that of the request; empty keeps it. */
  @Value.Default
  default String uri() {
    return "";
  }

  /** Returns what replaces the prefix that matched; excludes {@link #uri()}; empty keeps it. */
  @Value.Default
  default String prefixRewrite() {
    return "";
  }

  /** Returns the authority that replaces that of the request; empty keeps it. */
  @Value.Default
  default String authority() {
    return "";
  }

  /** Returns the port to redirect to; excludes {@link #derivePort()}. */
  OptionalInt port();

  /** Returns how the port follows from the request. */
  Optional<DerivePort> derivePort();

  /** Returns {@code http} or {@code https}; empty keeps it. */
  @Value.Default
  default String scheme() {
    return "";
  }

  /** Returns the status, 301 where it is 0. */
  @Value.Default
  default int redirectCode() {
    return 0;
  }

  /** How the port of a redirect follows from the request. */
  enum DerivePort {
    /** 80 or 443, by the scheme. */
    FROM_PROTOCOL_DEFAULT,
    /** The port of the request. */
    FROM_REQUEST_PORT
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link HttpRedirect}. Not thread-safe. */
  final class Builder extends ImmutableHttpRedirect.Builder {
    Builder() {}
  }
}
