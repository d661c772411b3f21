package io.mooring.identity.enroll;

import static java.util.Objects.requireNonNull;

import io.mooring.identity.WorkloadGroups;
import io.mooring.registry.WorkloadStore;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.concurrent.ScheduledExecutorService;
import java.util.random.RandomGenerator;

/** Builds {@link WorkloadRegistrar}. Not thread-safe. */
public final class WorkloadRegistrarBuilder {

  private final WorkloadStore store;
  private final WorkloadGroups groups;
  private final ScheduledExecutorService executor;
  private String replica = "mooring";
  private Duration grace = WorkloadRegistrar.DEFAULT_GRACE;
  private NodeLabelPolicy nodeLabels = NodeLabelPolicy.GROUP_ONLY;
  private PeerAddressPolicy peerAddresses = PeerAddressPolicy.ANY;
  private InstantSource clock = InstantSource.system();
  private RandomGenerator random = new SecureRandom();
  private EnrollmentObserver observer = EnrollmentObserver.logging();

  WorkloadRegistrarBuilder(
      WorkloadStore store, WorkloadGroups groups, ScheduledExecutorService executor) {
    this.store = requireNonNull(store, "store");
    this.groups = requireNonNull(groups, "groups");
    this.executor = requireNonNull(executor, "executor");
  }

  /** How this replica is called in entries and logs, e.g. its host; {@code mooring} by default. */
  public WorkloadRegistrarBuilder replica(String name) {
    this.replica = requireNonNull(name, "name");
    return this;
  }

  /**
   * How long an entry outlives its VM's last stream; 10 s by default.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public WorkloadRegistrarBuilder grace(Duration grace) {
    if (grace.isNegative()) {
      throw new IllegalArgumentException("grace: " + grace + " (expected: 0 or more)");
    }
    this.grace = requireNonNull(grace, "grace");
    return this;
  }

  /** What the labels count that a VM says of itself; nothing by default. */
  public WorkloadRegistrarBuilder nodeLabels(NodeLabelPolicy policy) {
    this.nodeLabels = requireNonNull(policy, "policy");
    return this;
  }

  /** Which addresses a VM may claim; any by default. */
  public WorkloadRegistrarBuilder peerAddresses(PeerAddressPolicy policy) {
    this.peerAddresses = requireNonNull(policy, "policy");
    return this;
  }

  /**
   * The time that health conditions are stamped with, and nothing else; the system's by default.
   */
  public WorkloadRegistrarBuilder clock(InstantSource clock) {
    this.clock = requireNonNull(clock, "clock");
    return this;
  }

  /** What makes each run's lease unlike all others. */
  public WorkloadRegistrarBuilder random(RandomGenerator random) {
    this.random = requireNonNull(random, "random");
    return this;
  }

  /** Who is told of every event; the log by default. */
  public WorkloadRegistrarBuilder observer(EnrollmentObserver observer) {
    this.observer = requireNonNull(observer, "observer");
    return this;
  }

  /**
   * Starts the registrar. The groups must be complete by now: a VM whose group is missing is
   * refused. The time in which the VMs of a former run may come back begins.
   *
   * @throws java.io.UncheckedIOException if the store cannot be read
   */
  public WorkloadRegistrar start() {
    store.list();
    RegistrarOptions options =
        new RegistrarOptions(
            groups, grace, nodeLabels, peerAddresses, clock, this::newHolder, observer);
    WorkloadRegistrar registrar = new WorkloadRegistrar(store, new Turns(executor), options);
    registrar.begin();
    return registrar;
  }

  private String newHolder() {
    return replica + "-" + HexFormat.of().toHexDigits(random.nextLong());
  }
}
