package io.mooring.model.networking;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.immutables.value.Value;

/**
 * Chooses by a hash of the request, so that like requests reach the same endpoint. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/networking/destination-rule/">DestinationRule</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = ConsistentHashLb.Builder.class)
public interface ConsistentHashLb {

  /** Returns the header to hash. */
  Optional<String> httpHeaderName();

  /** Returns the cookie to hash, made where it is missing. */
  Optional<HttpCookie> httpCookie();

  /** Returns whether the IP of the client is hashed. */
  Optional<Boolean> useSourceIp();

  /** Returns the query parameter to hash. */
  Optional<String> httpQueryParameterName();

  /** Returns the ring; excludes {@link #maglev()}. */
  Optional<RingHash> ringHash();

  /** Returns the table. */
  Optional<Maglev> maglev();

  /** Returns the deprecated form of {@link RingHash#minimumRingSize()}. */
  OptionalLong minimumRingSize();

  /** A cookie to hash. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = HttpCookie.Builder.class)
  interface HttpCookie {

    /** Returns the name. */
    @Value.Default
    default String name() {
      return "";
    }

    /** Returns the path of a made one. */
    @Value.Default
    default String path() {
      return "";
    }

    /** Returns the life time of a made one; zero is the session. */
    Optional<Duration> ttl();

    /** Returns further attributes of a made one. */
    List<Attribute> attributes();

    /** An attribute of a cookie. */
    @Value.Immutable
    @MeshStyle
    @JsonDeserialize(builder = Attribute.Builder.class)
    interface Attribute {

      /** Returns the name. */
      @Value.Default
      default String name() {
        return "";
      }

      /** Returns the value; may be empty. */
      @Value.Default
      default String value() {
        return "";
      }

      /** Returns a new builder. */
      static Builder builder() {
        return new Builder();
      }

      /** Builds {@link Attribute}. Not thread-safe. */
      final class Builder extends ImmutableAttribute.Builder {
        Builder() {}
      }
    }

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link HttpCookie}. Not thread-safe. */
    final class Builder extends ImmutableHttpCookie.Builder {
      Builder() {}
    }
  }

  /** A ring of virtual nodes. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = RingHash.Builder.class)
  interface RingHash {

    /** Returns the number of virtual nodes; absent is 1024. */
    OptionalLong minimumRingSize();

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link RingHash}. Not thread-safe. */
    final class Builder extends ImmutableRingHash.Builder {
      Builder() {}
    }
  }

  /** A table as in the Maglev paper. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = Maglev.Builder.class)
  interface Maglev {

    /** Returns the size, a prime number; absent is 65537. */
    OptionalLong tableSize();

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link Maglev}. Not thread-safe. */
    final class Builder extends ImmutableMaglev.Builder {
      Builder() {}
    }
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link ConsistentHashLb}. Not thread-safe. */
  final class Builder extends ImmutableConsistentHashLb.Builder {
    Builder() {}
  }
}
