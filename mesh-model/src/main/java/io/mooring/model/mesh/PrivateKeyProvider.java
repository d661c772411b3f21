package io.mooring.model.mesh;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.time.Duration;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * What computes with keys; one of the two. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#PrivateKeyProvider">PrivateKeyProvider</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = PrivateKeyProvider.Builder.class)
public interface PrivateKeyProvider {

  /** Returns instructions of the processor. */
  Optional<Accelerator> cryptomb();

  /** Returns an accelerator card. */
  Optional<Accelerator> qat();

  /** How computations are gathered. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = Accelerator.Builder.class)
  interface Accelerator {

    /** Returns how long to gather them; required. */
    Optional<Duration> pollDelay();

    /** Returns whether to go on without it where it is missing. */
    Optional<Boolean> fallback();

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link Accelerator}. Not thread-safe. */
    final class Builder extends ImmutableAccelerator.Builder {
      Builder() {}
    }
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link PrivateKeyProvider}. Not thread-safe. */
  final class Builder extends ImmutablePrivateKeyProvider.Builder {
    Builder() {}
  }
}
