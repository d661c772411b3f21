package io.mooring.model.mesh;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * An authorizer over HTTP. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#MeshConfig-ExtensionProvider">ExtensionProvider</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = HttpAuthorizer.Builder.class)
public interface HttpAuthorizer {

  /** Returns the service, {@code [namespace/]host}; required. */
  @Value.Default
  default String service() {
    return "";
  }

  /** Returns the port; required. */
  @Value.Default
  default long port() {
    return 0;
  }

  /** Returns how long a decision may take; absent is 600 s. */
  Optional<Duration> timeout();

  /** Returns what stands before the path. */
  @Value.Default
  default String pathPrefix() {
    return "";
  }

  /** Returns whether requests pass when it does not answer. */
  @Value.Default
  default boolean failOpen() {
    return false;
  }

  /** Returns whether the route is chosen anew after the decision. */
  @Value.Default
  default boolean clearRouteCache() {
    return false;
  }

  /** Returns the HTTP status when it does not answer; empty is 403. */
  @Value.Default
  default String statusOnError() {
    return "";
  }

  /** Returns the deprecated form of {@link #includeRequestHeadersInCheck()}. */
  List<String> includeHeadersInCheck();

  /** Returns the request headers that it gets. */
  List<String> includeRequestHeadersInCheck();

  /** Returns the fixed headers that it gets. */
  Map<String, String> includeAdditionalHeadersInCheck();

  /** Returns how much of the body it gets. */
  Optional<AuthorizationBody> includeRequestBodyInCheck();

  /** Returns the headers of its answer that go on to the workload. */
  List<String> headersToUpstreamOnAllow();

  /** Returns the headers of its refusal that go back to the client. */
  List<String> headersToDownstreamOnDeny();

  /** Returns the headers of its consent that go back to the client. */
  List<String> headersToDownstreamOnAllow();

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link HttpAuthorizer}. Not thread-safe. */
  final class Builder extends ImmutableHttpAuthorizer.Builder {
    Builder() {}
  }
}
