package io.mooring.identity.enroll;

import io.mooring.model.ConfigKey;
import io.mooring.model.MeshStyle;
import io.mooring.model.spiffe.SpiffeId;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * What a VM says of itself when its stream begins, and who it is. Immutable.
 *
 * <p>The identity is proved; all else comes from the node's metadata and is checked here.
 */
@Value.Immutable
@MeshStyle
public interface EnrollmentRequest {

  /** Returns the identity of the stream's client certificate. */
  SpiffeId identity();

  /**
   * Returns metadata {@code AUTO_REGISTER_GROUP}; {@code WORKLOAD_ENTRY} where it is {@link
   * #manual}.
   */
  String group();

  /**
   * Returns whether the VM has a WorkloadEntry that somebody wrote by hand, and only tells its
   * health: nothing of the entry but its state is taken from the VM.
   */
  @Value.Default
  default boolean manual() {
    return false;
  }

  /** Returns metadata {@code NAMESPACE}. */
  String namespace();

  /** Returns metadata {@code SERVICE_ACCOUNT}; empty where the node does not say. */
  @Value.Default
  default String serviceAccount() {
    return "";
  }

  /** Returns metadata {@code INSTANCE_IPS}; the first is the one to register. */
  List<String> addresses();

  /** Returns metadata {@code NETWORK}; it overrides the group's, empty leaves the group's. */
  @Value.Default
  default String network() {
    return "";
  }

  /** Returns the node's locality as {@code region/zone/subzone}; it overrides the group's. */
  @Value.Default
  default String locality() {
    return "";
  }

  /**
   * Returns metadata {@code WORKLOAD_ID}: what the VM is called whatever its address; 1 to 63
   * letters, digits, dots, dashes and underscores. Empty leaves it to the first address and the
   * network.
   */
  @Value.Default
  default String workloadId() {
    return "";
  }

  /**
   * Returns whether the VM's agent says that it probes its health and will report it. So it is
   * understood, unlike in Istio, of every member of a group with a probe.
   */
  @Value.Default
  default boolean healthChecked() {
    return false;
  }

  /** Returns where the stream comes from; empty where that is unknown. */
  Optional<InetAddress> peerAddress();

  /** Returns metadata {@code LABELS}; what they count is the {@link NodeLabelPolicy}'s. */
  Map<String, String> labels();

  /**
   * Returns metadata {@code TEMPLATE_LABELS}: those labels that a bundle copied from the group when
   * it was made. They are not the node's own, and do not hide a later edit of the group.
   */
  Map<String, String> templateLabels();

  /** Returns the key of the WorkloadGroup that it wants to join, or of its entry. */
  default ConfigKey groupKey() {
    return new ConfigKey(manual() ? "WorkloadEntry" : "WorkloadGroup", namespace(), group());
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link EnrollmentRequest}. Not thread-safe. */
  final class Builder extends ImmutableEnrollmentRequest.Builder {
    Builder() {}
  }
}
