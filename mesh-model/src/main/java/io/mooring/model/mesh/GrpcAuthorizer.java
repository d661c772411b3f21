package io.mooring.model.mesh;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.time.Duration;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * An authorizer over gRPC. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#MeshConfig-ExtensionProvider">ExtensionProvider</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = GrpcAuthorizer.Builder.class)
public interface GrpcAuthorizer {

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

  /** Returns how much of the body it gets. */
  Optional<AuthorizationBody> includeRequestBodyInCheck();

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link GrpcAuthorizer}. Not thread-safe. */
  final class Builder extends ImmutableGrpcAuthorizer.Builder {
    Builder() {}
  }
}
