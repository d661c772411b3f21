package io.mooring.model.networking;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.immutables.value.Value;

/**
 * What a request must have, all of it, to match. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/networking/virtual-service/">VirtualService</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = HttpMatchRequest.Builder.class)
public interface HttpMatchRequest {

  /** Returns the name, for logs. */
  @Value.Default
  default String name() {
    return "";
  }

  /** Returns the match of the path without the query. */
  Optional<StringMatch> uri();

  /** Returns the match of the scheme. */
  Optional<StringMatch> scheme();

  /** Returns the match of the method. */
  Optional<StringMatch> method();

  /** Returns the match of the authority. */
  Optional<StringMatch> authority();

  /** Returns the match by lower-case header; an empty match means present. */
  Map<String, StringMatch> headers();

  /** Returns what headers must not be; an empty match means absent. */
  Map<String, StringMatch> withoutHeaders();

  /** Returns the match by query parameter. */
  Map<String, StringMatch> queryParams();

  /** Returns whether the case of an exact or prefix path does not matter. */
  @Value.Default
  default boolean ignoreUriCase() {
    return false;
  }

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

  /** Returns the prefix of the statistics of this match. */
  @Value.Default
  default String statPrefix() {
    return "";
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link HttpMatchRequest}. Not thread-safe. */
  final class Builder extends ImmutableHttpMatchRequest.Builder {
    Builder() {}
  }
}
