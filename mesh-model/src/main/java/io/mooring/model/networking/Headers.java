package io.mooring.model.networking;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * How headers are changed on the way there and back. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/networking/virtual-service/">VirtualService</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = Headers.Builder.class)
public interface Headers {

  /** Returns the changes of the request. */
  Optional<HeaderOperations> request();

  /** Returns the changes of the response. */
  Optional<HeaderOperations> response();

  /** Changes of headers. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = HeaderOperations.Builder.class)
  interface HeaderOperations {

    /** Returns the values that replace what is there. */
    Map<String, String> set();

    /** Returns the values that are added to what is there. */
    Map<String, String> add();

    /** Returns the names of those that are removed. */
    List<String> remove();

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link HeaderOperations}. Not thread-safe. */
    final class Builder extends ImmutableHeaderOperations.Builder {
      Builder() {}
    }
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link Headers}. Not thread-safe. */
  final class Builder extends ImmutableHeaders.Builder {
    Builder() {}
  }
}
