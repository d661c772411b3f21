package io.mooring.model.networking;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.immutables.value.Value;

/**
 * One rule of HTTP traffic: what it matches and what happens then. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/networking/virtual-service/">VirtualService</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = HttpRoute.Builder.class)
public interface HttpRoute {

  /** Returns the name in logs and metrics. */
  @Value.Default
  default String name() {
    return "";
  }

  /** Returns the alternatives, of which one must match; empty matches all. */
  List<HttpMatchRequest> match();

  /** Returns the weighted destinations. */
  List<HttpRouteDestination> route();

  /** Returns the redirect; excludes {@link #route()}. */
  Optional<HttpRedirect> redirect();

  /** Returns the fixed response; excludes {@link #route()}. */
  Optional<HttpDirectResponse> directResponse();

  /** Returns the VirtualService that has the rules for what matches here. */
  Optional<Delegate> delegate();

  /** Returns what of the request is rewritten; excludes {@link #redirect()}. */
  Optional<HttpRewrite> rewrite();

  /** Returns the timeout of the whole request, at least 1 ms; absent is none. */
  Optional<Duration> timeout();

  /** Returns when and how often a request is tried again. */
  Optional<HttpRetry> retries();

  /** Returns the faults to inject. */
  Optional<HttpFaultInjection> fault();

  /** Returns where copies of requests go; {@link #mirrors()} says more. */
  Optional<Destination> mirror();

  /** Returns where copies of requests go, each with its share. */
  List<HttpMirrorPolicy> mirrors();

  /** Returns the deprecated form of {@link #mirrorPercentage()}. */
  @JsonAlias("mirror_percent")
  OptionalInt mirrorPercent();

  /** Returns the share that {@link #mirror()} gets; absent is all. */
  Optional<Percent> mirrorPercentage();

  /** Returns the cross-origin policy. */
  Optional<CorsPolicy> corsPolicy();

  /** Returns how headers are changed on the way there and back. */
  Optional<Headers> headers();

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link HttpRoute}. Not thread-safe. */
  final class Builder extends ImmutableHttpRoute.Builder {
    Builder() {}
  }
}
