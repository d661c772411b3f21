package io.mooring.model.mesh;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * An OpenTelemetry collector of traces. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#MeshConfig-ExtensionProvider">ExtensionProvider</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = OpenTelemetryTracer.Builder.class)
public interface OpenTelemetryTracer {

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

  /** Returns reports over HTTP; excludes {@link #grpc()}. */
  Optional<HttpService> http();

  /** Returns the settings of reports over gRPC. */
  Optional<GrpcService> grpc();

  /** Returns what describes the workload. */
  Optional<ResourceDetectors> resourceDetectors();

  /** Returns the sampler of Dynatrace. */
  Optional<DynatraceSampler> dynatraceSampler();

  /** Returns how the service is named. */
  @Value.Default
  default ServiceAttributeEnrichment serviceAttributeEnrichment() {
    return ServiceAttributeEnrichment.ISTIO_CANONICAL;
  }

  /** How the service is named. */
  enum ServiceAttributeEnrichment {
    /** By the canonical name of the mesh. */
    ISTIO_CANONICAL,
    /** By the conventions of OpenTelemetry. */
    OTEL_SEMANTIC_CONVENTIONS
  }

  /** Reports over gRPC. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = GrpcService.Builder.class)
  interface GrpcService {

    /** Returns how long a report may take. */
    Optional<Duration> timeout();

    /** Returns the metadata of reports. */
    List<HttpService.Header> initialMetadata();

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link GrpcService}. Not thread-safe. */
    final class Builder extends ImmutableGrpcService.Builder {
      Builder() {}
    }
  }

  /** What describes the workload. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = ResourceDetectors.Builder.class)
  interface ResourceDetectors {

    /** Returns variables of the environment. */
    Optional<Detector> environment();

    /** Returns the files of Dynatrace. */
    Optional<Detector> dynatrace();

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link ResourceDetectors}. Not thread-safe. */
    final class Builder extends ImmutableResourceDetectors.Builder {
      Builder() {}
    }
  }

  /** One of them, without settings. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = Detector.Builder.class)
  interface Detector {

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link Detector}. Not thread-safe. */
    final class Builder extends ImmutableDetector.Builder {
      Builder() {}
    }
  }

  /** The sampler of Dynatrace. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = DynatraceSampler.Builder.class)
  interface DynatraceSampler {

    /** Returns the tenant; required. */
    @Value.Default
    default String tenant() {
      return "";
    }

    /** Returns the cluster; required. */
    @Value.Default
    default int clusterId() {
      return 0;
    }

    /** Returns how many traces begin here in a minute. */
    @Value.Default
    default long rootSpansPerMinute() {
      return 0;
    }

    /** Returns where its settings are fetched. */
    Optional<DynatraceApi> httpService();

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link DynatraceSampler}. Not thread-safe. */
    final class Builder extends ImmutableDynatraceSampler.Builder {
      Builder() {}
    }
  }

  /** Where settings of the sampler are fetched. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = DynatraceApi.Builder.class)
  interface DynatraceApi {

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

    /** Returns the request. */
    Optional<HttpService> http();

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link DynatraceApi}. Not thread-safe. */
    final class Builder extends ImmutableDynatraceApi.Builder {
      Builder() {}
    }
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link OpenTelemetryTracer}. Not thread-safe. */
  final class Builder extends ImmutableOpenTelemetryTracer.Builder {
    Builder() {}
  }
}
