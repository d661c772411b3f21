package io.mooring.model.mesh;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.immutables.value.Value;

/**
 * A service that policies may name; one provider is set. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#MeshConfig-ExtensionProvider">ExtensionProvider</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = ExtensionProvider.Builder.class)
public interface ExtensionProvider {

  /** Returns the name; required and unique. */
  @Value.Default
  default String name() {
    return "";
  }

  /** Returns an authorizer over HTTP. */
  Optional<HttpAuthorizer> envoyExtAuthzHttp();

  /** Returns an authorizer over gRPC. */
  Optional<GrpcAuthorizer> envoyExtAuthzGrpc();

  /** Returns a Zipkin collector. */
  Optional<ZipkinTracer> zipkin();

  /** Returns a deprecated Lightstep collector. */
  Optional<TokenTracer> lightstep();

  /** Returns a Datadog agent. */
  Optional<TokenTracer> datadog();

  /** Returns Stackdriver. */
  Optional<StackdriverProvider> stackdriver();

  /** Returns a deprecated OpenCensus agent. */
  Optional<OpenCensusTracer> opencensus();

  /** Returns a SkyWalking receiver. */
  Optional<TokenTracer> skywalking();

  /** Returns an OpenTelemetry collector. */
  Optional<OpenTelemetryTracer> opentelemetry();

  /** Returns Prometheus, which fetches metrics itself. */
  Optional<Prometheus> prometheus();

  /** Returns a file of access logs. */
  Optional<FileAccessLog> envoyFileAccessLog();

  /** Returns a service of access logs of HTTP. */
  Optional<AccessLogService> envoyHttpAls();

  /** Returns a service of access logs of TCP. */
  Optional<AccessLogService> envoyTcpAls();

  /** Returns an OpenTelemetry collector of access logs. */
  Optional<OpenTelemetryAccessLog> envoyOtelAls();

  /** Returns a service of secrets. */
  Optional<SecretService> sds();

  /** A Zipkin collector. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = ZipkinTracer.Builder.class)
  interface ZipkinTracer {

    /** Returns the service, {@code [namespace/]host}; required. */
    @Value.Default
    default String service() {
      return "";
    }

    /** Returns the port; required. */
    @Value.Default
    default long port() {
      return 0;
    }

    /** Returns the longest path in a tag; 0 is 256. */
    @Value.Default
    default long maxTagLength() {
      return 0;
    }

    /** Returns whether ids of traces have 64 bits only. */
    @JsonAlias("enable_64bit_trace_id")
    @Value.Default
    default boolean enable64bitTraceId() {
      return false;
    }

    /** Returns the path; empty is {@code /api/v2/spans}. */
    @Value.Default
    default String path() {
      return "";
    }

    /** Returns how long a report may take; absent is 5 s. */
    Optional<Duration> timeout();

    /** Returns the headers of reports. */
    List<HttpService.Header> headers();

    /** Returns the headers that carry the trace. */
    @Value.Default
    default TraceContextOption traceContextOption() {
      return TraceContextOption.USE_B3;
    }

    /** The headers that carry the trace. */
    enum TraceContextOption {
      /** Those of B3. */
      USE_B3,
      /** Those of B3, or {@code traceparent} where B3 is absent. */
      USE_B3_WITH_W3C_PROPAGATION
    }

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link ZipkinTracer}. Not thread-safe. */
    final class Builder extends ImmutableZipkinTracer.Builder {
      Builder() {}
    }
  }

  /** A collector that may ask for a token. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = TokenTracer.Builder.class)
  interface TokenTracer {

    /** Returns the service, {@code [namespace/]host}; required. */
    @Value.Default
    default String service() {
      return "";
    }

    /** Returns the port; required. */
    @Value.Default
    default long port() {
      return 0;
    }

    /** Returns the token. */
    @Value.Default
    @Value.Redacted
    default String accessToken() {
      return "";
    }

    /** Returns the longest path in a tag; 0 is 256. */
    @Value.Default
    default long maxTagLength() {
      return 0;
    }

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link TokenTracer}. Not thread-safe. */
    final class Builder extends ImmutableTokenTracer.Builder {
      Builder() {}
    }
  }

  /** Stackdriver. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = StackdriverProvider.Builder.class)
  interface StackdriverProvider {

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

    /** Returns the longest path in a tag; 0 is 256. */
    @Value.Default
    default long maxTagLength() {
      return 0;
    }

    /** Returns what log entries say besides. */
    Optional<Logging> logging();

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link StackdriverProvider}. Not thread-safe. */
    final class Builder extends ImmutableStackdriverProvider.Builder {
      Builder() {}
    }
  }

  /** What log entries say besides. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = Logging.Builder.class)
  interface Logging {

    /** Returns expressions by label. */
    Map<String, String> labels();

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link Logging}. Not thread-safe. */
    final class Builder extends ImmutableLogging.Builder {
      Builder() {}
    }
  }

  /** An OpenCensus agent. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = OpenCensusTracer.Builder.class)
  interface OpenCensusTracer {

    /** Returns the service, {@code [namespace/]host}; required. */
    @Value.Default
    default String service() {
      return "";
    }

    /** Returns the port; required. */
    @Value.Default
    default long port() {
      return 0;
    }

    /** Returns the headers that carry the trace; none are {@code traceparent}. */
    List<TraceContext> context();

    /** Returns the longest path in a tag; 0 is 256. */
    @Value.Default
    default long maxTagLength() {
      return 0;
    }

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link OpenCensusTracer}. Not thread-safe. */
    final class Builder extends ImmutableOpenCensusTracer.Builder {
      Builder() {}
    }
  }

  /** Prometheus, without settings. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = Prometheus.Builder.class)
  interface Prometheus {

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link Prometheus}. Not thread-safe. */
    final class Builder extends ImmutablePrometheus.Builder {
      Builder() {}
    }
  }

  /** A service of secrets. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = SecretService.Builder.class)
  interface SecretService {

    /** Returns the name, as {@code sds://name} in credential names; required. */
    @Value.Default
    default String name() {
      return "";
    }

    /** Returns the service, {@code [namespace/]host}; required. */
    @Value.Default
    default String service() {
      return "";
    }

    /** Returns the port; required. */
    @Value.Default
    default long port() {
      return 0;
    }

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link SecretService}. Not thread-safe. */
    final class Builder extends ImmutableSecretService.Builder {
      Builder() {}
    }
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link ExtensionProvider}. Not thread-safe. */
  final class Builder extends ImmutableExtensionProvider.Builder {
    Builder() {}
  }
}
