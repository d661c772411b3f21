package io.mooring.model.networking;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.Condition;
import io.mooring.model.MeshStyle;
import io.mooring.model.Status;
import java.util.List;
import java.util.OptionalLong;
import org.immutables.value.Value;

/**
 * What controllers say of a {@link ServiceEntry}. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/networking/service-entry/">ServiceEntry</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = ServiceEntryStatus.Builder.class)
public interface ServiceEntryStatus {

  /** Returns the conditions, one a type. */
  List<Condition> conditions();

  /** Returns what an analysis found. */
  List<Status.ValidationMessage> validationMessages();

  /** Returns the generation of the specification that this is about. */
  OptionalLong observedGeneration();

  /** Returns the virtual IPs that were allocated for its hosts. */
  List<Address> addresses();

  /** A virtual IP that was allocated. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = Address.Builder.class)
  interface Address {

    /** Returns the IP. */
    @Value.Default
    default String value() {
      return "";
    }

    /** Returns the host that it is for. */
    @Value.Default
    default String host() {
      return "";
    }

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link Address}. Not thread-safe. */
    final class Builder extends ImmutableAddress.Builder {
      Builder() {}
    }
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link ServiceEntryStatus}. Not thread-safe. */
  final class Builder extends ImmutableServiceEntryStatus.Builder {
    Builder() {}
  }
}
