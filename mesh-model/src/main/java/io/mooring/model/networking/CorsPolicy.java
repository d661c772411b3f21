package io.mooring.model.networking;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * Which other origins a browser may let use the service. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/networking/virtual-service/">VirtualService</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = CorsPolicy.Builder.class)
public interface CorsPolicy {

  /** Returns the deprecated form of {@link #allowOrigins()}. */
  List<String> allowOrigin();

  /** Returns the origins. */
  List<StringMatch> allowOrigins();

  /** Returns the methods. */
  List<String> allowMethods();

  /** Returns the request headers. */
  List<String> allowHeaders();

  /** Returns the response headers that scripts may read. */
  List<String> exposeHeaders();

  /** Returns how long a browser may keep the answer. */
  Optional<Duration> maxAge();

  /** Returns whether requests may carry credentials. */
  Optional<Boolean> allowCredentials();

  /** Returns what becomes of preflights from other origins. */
  @Value.Default
  default UnmatchedPreflights unmatchedPreflights() {
    return UnmatchedPreflights.UNSPECIFIED;
  }

  /** What becomes of preflights from other origins. */
  enum UnmatchedPreflights {
    /** As {@link #FORWARD}. */
    UNSPECIFIED,
    /** The service answers them. */
    FORWARD,
    /** The proxy answers, without the headers that allow anything. */
    IGNORE
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link CorsPolicy}. Not thread-safe. */
  final class Builder extends ImmutableCorsPolicy.Builder {
    Builder() {}
  }
}
