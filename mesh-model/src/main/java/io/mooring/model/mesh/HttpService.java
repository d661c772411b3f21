package io.mooring.model.mesh;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * A service over HTTP. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#MeshConfig-ExtensionProvider">ExtensionProvider</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = HttpService.Builder.class)
public interface HttpService {

  /** Returns the path; required. */
  @Value.Default
  default String path() {
    return "";
  }

  /** Returns how long a request may take; absent is 3 s. */
  Optional<Duration> timeout();

  /** Returns the headers of requests. */
  List<Header> headers();

  /** A header with a fixed value, or one that the environment has. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = Header.Builder.class)
  interface Header {

    /** Returns the name; required. */
    @Value.Default
    default String name() {
      return "";
    }

    /** Returns the value. */
    Optional<String> value();

    /** Returns the variable of the proxy's environment that has the value. */
    Optional<String> envName();

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link Header}. Not thread-safe. */
    final class Builder extends ImmutableHeader.Builder {
      Builder() {}
    }
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link HttpService}. Not thread-safe. */
  final class Builder extends ImmutableHttpService.Builder {
    Builder() {}
  }
}
