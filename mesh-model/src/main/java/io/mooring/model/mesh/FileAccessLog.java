package io.mooring.model.mesh;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.util.Map;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * A file of access logs. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#MeshConfig-ExtensionProvider">ExtensionProvider</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = FileAccessLog.Builder.class)
public interface FileAccessLog {

  /** Returns the file; empty is the standard output. */
  @Value.Default
  default String path() {
    return "";
  }

  /** Returns the format; absent is the proxy's. */
  Optional<LogFormat> logFormat();

  /** Returns whether fields without a value are left out. */
  @Value.Default
  default boolean omitEmptyValues() {
    return false;
  }

  /** The format; one of the two. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = LogFormat.Builder.class)
  interface LogFormat {

    /** Returns a line of text. */
    Optional<String> text();

    /** Returns a JSON object: text, numbers, booleans, lists and objects by name. */
    Map<String, Object> labels();

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link LogFormat}. Not thread-safe. */
    final class Builder extends ImmutableLogFormat.Builder {
      Builder() {}
    }
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link FileAccessLog}. Not thread-safe. */
  final class Builder extends ImmutableFileAccessLog.Builder {
    Builder() {}
  }
}
