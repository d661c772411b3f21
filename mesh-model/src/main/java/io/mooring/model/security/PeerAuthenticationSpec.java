package io.mooring.model.security;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.LabelSelector;
import io.mooring.model.MeshStyle;
import java.util.Map;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * What a {@link PeerAuthentication} says. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/security/peer_authentication/">PeerAuthentication</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = PeerAuthenticationSpec.Builder.class)
public interface PeerAuthenticationSpec {

  /**
   * Returns which workloads it binds; absent means the whole namespace, or mesh in the root
   * namespace.
   */
  Optional<LabelSelector> selector();

  /** Returns the mode; absent inherits. */
  Optional<MutualTls> mtls();

  /** Returns the mode by port of the workload; only with a selector. */
  Map<Integer, MutualTls> portLevelMtls();

  /** A mode as YAML nests it. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = MutualTls.Builder.class)
  interface MutualTls {

    /** Returns the mode. */
    @Value.Default
    default Mode mode() {
      return Mode.UNSET;
    }

    /** Returns the value with this mode. */
    static MutualTls of(Mode mode) {
      return new Builder().mode(mode).build();
    }

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link MutualTls}. Not thread-safe. */
    final class Builder extends ImmutableMutualTls.Builder {
      Builder() {}
    }
  }

  /** What a workload accepts. */
  enum Mode {
    /** Inherit from the next wider policy. */
    UNSET,
    /** Plain text only. */
    DISABLE,
    /** Plain text and mutual TLS. */
    PERMISSIVE,
    /** Mutual TLS only. */
    STRICT
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link PeerAuthenticationSpec}. Not thread-safe. */
  final class Builder extends ImmutablePeerAuthenticationSpec.Builder {
    Builder() {}
  }
}
