package io.mooring.identity.bootstrap;

import io.mooring.identity.IpLiteral;
import io.mooring.identity.TrustBundle;
import io.mooring.identity.WorkloadGroups;
import io.mooring.model.MeshStyle;
import io.mooring.model.networking.ReadinessProbe;
import io.mooring.model.networking.WorkloadEntrySpec;
import io.mooring.model.networking.WorkloadGroup;
import io.mooring.model.networking.WorkloadGroupMetadata;
import io.mooring.model.spiffe.SpiffeId;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.immutables.value.Value;

/**
 * Everything that one VM needs to join the mesh as a member of a {@link WorkloadGroup}. Immutable;
 * the token shows in no text but the file of its own.
 */
@Value.Immutable
@MeshStyle
public interface BootstrapBundle {

  /** Returns the namespace of the group. */
  String namespace();

  /** Returns the name of the group. */
  String group();

  /** Returns the service account of the group's members. */
  @Value.Default
  default String serviceAccount() {
    return WorkloadGroups.DEFAULT_SERVICE_ACCOUNT;
  }

  /** Returns the labels that the group gives its members, when the bundle was made. */
  Map<String, String> labels();

  /** Returns the network id of the group's members; empty means the default network. */
  @Value.Default
  default String network() {
    return "";
  }

  /** Returns the control plane to join. */
  ControlPlane controlPlane();

  /** Returns the roots that vouch for the control plane and for every peer. */
  TrustBundle trustBundle();

  /** Returns the one-time join token. */
  @Value.Redacted
  String token();

  /** Returns the VM's own IP in the mesh; without it the agent finds it when it starts. */
  Optional<String> address();

  /** Returns the IP of Envoy's admin page and, without capture, of its outbound listeners. */
  @Value.Default
  default String bindAddress() {
    return "127.0.0.1";
  }

  /** Returns the port of Envoy's admin page. */
  @Value.Default
  default int adminPort() {
    return 15_000; // Istio's
  }

  /** Returns how traffic reaches Envoy. */
  @Value.Default
  default CaptureMode capture() {
    return CaptureMode.NONE;
  }

  /** Returns how the agent looks after the VM's workload; without it nobody does. */
  Optional<ReadinessProbe> probe();

  /**
   * Returns the only identity that members of the group get: {@code
   * spiffe://trust-domain/ns/namespace/sa/service-account}.
   */
  default SpiffeId identity() {
    return trustBundle().trustDomain().workload(namespace(), serviceAccount());
  }

  /** Returns what the agent is told. */
  default AgentConfig agentConfig() {
    return AgentConfig.builder()
        .namespace(namespace())
        .group(group())
        .identity(identity())
        .controlPlane(controlPlane())
        .address(address())
        .bindAddress(bindAddress())
        .adminPort(adminPort())
        .capture(capture())
        .probe(probe())
        .build();
  }

  /**
   * Returns the content of every file of the bundle by its name in {@link BootstrapFiles}; equal
   * bundles have equal bytes.
   */
  default SortedMap<String, String> files() {
    SortedMap<String, String> files = new TreeMap<>();
    files.put(BootstrapFiles.TOKEN, token() + "\n");
    files.put(BootstrapFiles.ROOT_CERTIFICATES, trustBundle().toPem());
    files.put(BootstrapFiles.ENVOY, EnvoyBootstrap.of(this).toJson());
    files.put(BootstrapFiles.AGENT, agentConfig().toJson());
    if (capture() == CaptureMode.TRANSPARENT) {
      files.put(BootstrapFiles.CAPTURE, CaptureScript.of(controlPlane()));
    }
    return files;
  }

  /** Checks addresses and the port. */
  @Value.Check
  default void check() {
    address().ifPresent(address -> IpLiteral.requireOneMachine("address", address));
    IpLiteral.requireOneMachine("bind address", bindAddress());
    if (adminPort() < 0 || adminPort() > 65_535) {
      throw new IllegalArgumentException("admin port " + adminPort() + " (expected: 0..65535)");
    }
  }

  /**
   * Returns a builder that has the name, account, labels, network and probe of {@code group}; of
   * labels that both set, the template's counts, as with {@code istioctl x workload entry
   * configure}.
   */
  static Builder forGroup(WorkloadGroup group) {
    WorkloadEntrySpec template = group.spec().template();
    Map<String, String> labels = new TreeMap<>();
    group.spec().metadata().map(WorkloadGroupMetadata::labels).ifPresent(labels::putAll);
    labels.putAll(template.labels());
    return builder()
        .namespace(group.metadata().namespace())
        .group(group.metadata().name())
        .serviceAccount(WorkloadGroups.serviceAccount(group))
        .labels(labels)
        .probe(group.spec().probe())
        .network(template.network());
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link BootstrapBundle}. Not thread-safe. */
  final class Builder extends ImmutableBootstrapBundle.Builder {
    Builder() {}
  }
}
