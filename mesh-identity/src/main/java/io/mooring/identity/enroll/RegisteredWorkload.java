package io.mooring.identity.enroll;

import io.mooring.model.ConfigKey;
import io.mooring.model.MeshStyle;
import io.mooring.service.AdminState;
import java.util.List;
import java.util.Locale;
import org.immutables.value.Value;

/** One registered VM, as one replica sees it. Immutable. */
@Value.Immutable
@MeshStyle
public interface RegisteredWorkload {

  /** Where a VM is in its life; the picture is in the package's description. */
  enum State {
    /** It has a stream to this replica, which holds its entry. */
    CONNECTED,
    /** Its last stream to this replica ended; the grace period runs. */
    LEAVING,
    /** Another replica holds its entry. */
    ELSEWHERE,
    /** Nobody holds its entry: the holder has gone, and the VM has some time to come back. */
    ORPHANED,
    /** It has gone; the operator has not enabled it, and that is remembered. */
    DEPARTED,
    /** It has a stream to this replica, but can have no entry now: {@link #refusal} says why. */
    WAITING;

    /** Returns the name in lower case. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Returns the key of its WorkloadEntry. */
  ConfigKey entry();

  /** Returns the name of its group; empty for one whose entry somebody wrote by hand. */
  String group();

  /** Returns the id that, with the group, tells it from all others. */
  String id();

  /** Returns where it is in its life. */
  State state();

  /** Returns its address; empty while it has no entry. */
  @Value.Default
  default String address() {
    return "";
  }

  /** Returns its network; empty is the default network. */
  @Value.Default
  default String network() {
    return "";
  }

  /** Returns where its newest stream comes from; empty where this replica does not know. */
  @Value.Default
  default String peerAddress() {
    return "";
  }

  /** Returns how many streams it has to this replica. */
  @Value.Default
  default int streams() {
    return 0;
  }

  /** Returns under whose lease the entry is; empty if it is under none. */
  @Value.Default
  default String holder() {
    return "";
  }

  /** Returns how often the entry was claimed: the fencing token. */
  @Value.Default
  default long epoch() {
    return 0;
  }

  /** Returns what the operator wants of it. */
  @Value.Default
  default AdminState adminState() {
    return AdminState.ENABLED;
  }

  /**
   * Returns {@code healthy}, {@code unhealthy}, {@code unknown} before the first report, {@code
   * unchecked} where nobody probes.
   */
  @Value.Default
  default String health() {
    return "unchecked";
  }

  /** Returns what its probe says. */
  @Value.Default
  default String healthMessage() {
    return "";
  }

  /** Returns the number of the last health report that counted. */
  @Value.Default
  default long healthReport() {
    return 0;
  }

  /**
   * Returns the fields of the entry that differ from what its group and the VM would give now, e.g.
   * {@code ports}: an edit that could not be written yet, or not by this replica.
   */
  List<String> drift();

  /** Returns why it has no entry though it has a stream; empty if it has one. */
  @Value.Default
  default String refusal() {
    return "";
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link RegisteredWorkload}. Not thread-safe. */
  final class Builder extends ImmutableRegisteredWorkload.Builder {
    Builder() {}
  }
}
