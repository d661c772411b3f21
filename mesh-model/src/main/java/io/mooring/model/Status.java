package io.mooring.model;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.immutables.value.Value;

/**
 * What a controller reports of an object. Immutable; never an input of translation, except the
 * health condition and allocated addresses.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/meta/v1beta1/istio-status/">IstioStatus</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = Status.Builder.class)
public interface Status {

  /** Returns the conditions, one a type. */
  List<Condition> conditions();

  /** Returns what an analysis found. */
  List<ValidationMessage> validationMessages();

  /** Returns the generation of the specification that this is about. */
  OptionalLong observedGeneration();

  /** One finding of an analysis. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = ValidationMessage.Builder.class)
  interface ValidationMessage {

    /** Returns what kind of finding it is. */
    Optional<MessageType> type();

    /** Returns {@code UNKNOWN}, {@code ERROR}, {@code WARNING} or {@code INFO}. */
    @Value.Default
    default String level() {
      return "";
    }

    /** Returns where to read more. */
    @Value.Default
    default String documentationUrl() {
      return "";
    }

    /** The kind of a finding. */
    @Value.Immutable
    @MeshStyle
    @JsonDeserialize(builder = MessageType.Builder.class)
    interface MessageType {

      /** Returns the name. */
      @Value.Default
      default String name() {
        return "";
      }

      /** Returns the code, e.g. {@code IST0001}. */
      @Value.Default
      default String code() {
        return "";
      }

      /** Returns a new builder. */
      static Builder builder() {
        return new Builder();
      }

      /** Builds {@link MessageType}. Not thread-safe. */
      final class Builder extends ImmutableMessageType.Builder {
        Builder() {}
      }
    }

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link ValidationMessage}. Not thread-safe. */
    final class Builder extends ImmutableValidationMessage.Builder {
      Builder() {}
    }
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link Status}. Not thread-safe. */
  final class Builder extends ImmutableStatus.Builder {
    Builder() {}
  }
}
