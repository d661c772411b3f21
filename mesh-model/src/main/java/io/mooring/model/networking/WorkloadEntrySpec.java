package io.mooring.model.networking;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.util.Map;
import org.immutables.value.Value;

/**
 * What a {@link WorkloadEntry}, or an inline endpoint of a {@link ServiceEntry}, says. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/networking/workload-entry/">WorkloadEntry</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = WorkloadEntrySpec.Builder.class)
public interface WorkloadEntrySpec {

  /**
   * Returns the IP, FQDN or {@code unix://} address; may be empty where {@link #network()} is set.
   */
  @Value.Default
  default String address() {
    return "";
  }

  /** Returns port name to port number on the workload. */
  Map<String, Integer> ports();

  /** Returns the labels for selection and subsets. */
  Map<String, String> labels();

  /** Returns the network id; empty means "the default network". */
  @Value.Default
  default String network() {
    return "";
  }

  /** Returns {@code region/zone/subzone}; empty means unknown. */
  @Value.Default
  default String locality() {
    return "";
  }

  /** Returns the load-balancing weight; 0 counts as 1. */
  @Value.Default
  default long weight() {
    return 0;
  }

  /** Returns the service account in the same namespace; with it the workload speaks mTLS. */
  @Value.Default
  default String serviceAccount() {
    return "";
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link WorkloadEntrySpec}. Not thread-safe. */
  final class Builder extends ImmutableWorkloadEntrySpec.Builder {
    Builder() {}
  }
}
