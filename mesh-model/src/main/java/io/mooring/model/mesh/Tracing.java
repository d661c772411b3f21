package io.mooring.model.mesh;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import io.mooring.model.networking.ClientTlsSettings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.immutables.value.Value;

/**
 * How requests are traced; at most one tracer is set. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#Tracing">Tracing</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = Tracing.Builder.class)
public interface Tracing {

  /** Returns a Zipkin collector. */
  Optional<Collector> zipkin();

  /** Returns a deprecated Lightstep satellite. */
  Optional<Collector> lightstep();

  /** Returns a Datadog agent. */
  Optional<Collector> datadog();

  /** Returns Stackdriver. */
  Optional<Stackdriver> stackdriver();

  /** Returns a deprecated OpenCensus agent. */
  Optional<OpenCensusAgent> openCensusAgent();

  /** Returns the further tags by name. */
  Map<String, CustomTag> customTags();

  /** Returns the longest path in a tag; 0 is 256. */
  @Value.Default
  default long maxPathTagLength() {
    return 0;
  }

  /** Returns the share of requests, 0..100. */
  @Value.Default
  default double sampling() {
    return 0;
  }

  /** Returns how the connection is secured. */
  Optional<ClientTlsSettings> tlsSettings();

  /** Returns whether the tags of the mesh are there; absent is yes. */
  Optional<Boolean> enableIstioTags();

  /** Where traces go. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = Collector.Builder.class)
  interface Collector {

    /** Returns the address, {@code host:port}; required. */
    @Value.Default
    default String address() {
      return "";
    }

    /** Returns the token that it asks for. */
    @Value.Default
    @Value.Redacted
    default String accessToken() {
      return "";
    }

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link Collector}. Not thread-safe. */
    final class Builder extends ImmutableCollector.Builder {
      Builder() {}
    }
  }

  /** Stackdriver. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = Stackdriver.Builder.class)
  interface Stackdriver {

    /** Returns whether traces go to the standard output. */
    @Value.Default
    default boolean debug() {
      return false;
    }

    /** Returns the most attributes of a span; absent is 200. */
    OptionalLong maxNumberOfAttributes();

    /** Returns the most annotations of a span; absent is 200. */
    OptionalLong maxNumberOfAnnotations();

    /** Returns the most message events of a span; absent is 200. */
    OptionalLong maxNumberOfMessageEvents();

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link Stackdriver}. Not thread-safe. */
    final class Builder extends ImmutableStackdriver.Builder {
      Builder() {}
    }
  }

  /** An OpenCensus agent. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = OpenCensusAgent.Builder.class)
  interface OpenCensusAgent {

    /** Returns the address as gRPC writes it. */
    @Value.Default
    default String address() {
      return "";
    }

    /** Returns the headers that carry the trace; none are {@code traceparent}. */
    List<TraceContext> context();

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link OpenCensusAgent}. Not thread-safe. */
    final class Builder extends ImmutableOpenCensusAgent.Builder {
      Builder() {}
    }
  }

  /** Where the value of a tag comes from; one of the four. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = CustomTag.Builder.class)
  interface CustomTag {

    /** Returns the value itself. */
    Optional<Literal> literal();

    /** Returns a variable of the proxy's environment. */
    Optional<Variable> environment();

    /** Returns a header of the request. */
    Optional<Variable> header();

    /** Returns a pattern of the access log. */
    Optional<Literal> formatter();

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link CustomTag}. Not thread-safe. */
    final class Builder extends ImmutableCustomTag.Builder {
      Builder() {}
    }
  }

  /** A fixed text. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = Literal.Builder.class)
  interface Literal {

    /** Returns the text. */
    @Value.Default
    default String value() {
      return "";
    }

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link Literal}. Not thread-safe. */
    final class Builder extends ImmutableLiteral.Builder {
      Builder() {}
    }
  }

  /** Something with a name. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = Variable.Builder.class)
  interface Variable {

    /** Returns the name. */
    @Value.Default
    default String name() {
      return "";
    }

    /** Returns the value where it is absent. */
    @Value.Default
    default String defaultValue() {
      return "";
    }

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link Variable}. Not thread-safe. */
    final class Builder extends ImmutableVariable.Builder {
      Builder() {}
    }
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link Tracing}. Not thread-safe. */
  final class Builder extends ImmutableTracing.Builder {
    Builder() {}
  }
}
