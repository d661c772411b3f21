package io.mooring.model.mesh;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.util.List;
import org.immutables.value.Value;

/**
 * The providers of policies that name none. Immutable.
 *
 * @see <a href="https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/">MeshConfig</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = DefaultProviders.Builder.class)
public interface DefaultProviders {

  /** Returns those of traces. */
  List<String> tracing();

  /** Returns those of metrics. */
  List<String> metrics();

  /** Returns those of access logs. */
  List<String> accessLogging();

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link DefaultProviders}. Not thread-safe. */
  final class Builder extends ImmutableDefaultProviders.Builder {
    Builder() {}
  }
}
