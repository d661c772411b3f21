package io.mooring.model.mesh;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import org.immutables.value.Value;

/**
 * How paths are made comparable. Immutable.
 *
 * @see <a href="https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/">MeshConfig</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = ProxyPathNormalization.Builder.class)
public interface ProxyPathNormalization {

  /** Returns the steps. */
  @Value.Default
  default NormalizationType normalization() {
    return NormalizationType.DEFAULT;
  }

  /** The steps. */
  enum NormalizationType {
    /** As {@link #BASE}. */
    DEFAULT,
    /** None. */
    NONE,
    /** Those of RFC 3986. */
    BASE,
    /** Also merges slashes. */
    MERGE_SLASHES,
    /** Also decodes slashes before merging. */
    DECODE_AND_MERGE_SLASHES
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link ProxyPathNormalization}. Not thread-safe. */
  final class Builder extends ImmutableProxyPathNormalization.Builder {
    Builder() {}
  }
}
