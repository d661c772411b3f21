package io.mooring.analysis;

/**
 * What is wrong. The names are stable: programs may match them.
 *
 * <p>An error means that requests fail, or go where nobody meant them to. A warning means that
 * something has no effect. Information is what an operator may want to know.
 */
public enum FindingCode {
  /** No service selects the workload: nobody can call it. */
  WORKLOAD_UNSELECTED(Level.WARNING),
  /** A service selects the workload, and yet cannot use it as an endpoint. */
  WORKLOAD_UNUSABLE(Level.ERROR),
  /** Health checks keep the workload out of every service. */
  WORKLOAD_UNHEALTHY(Level.WARNING),
  /** An operator keeps the workload out of every service. */
  WORKLOAD_DISABLED(Level.INFORMATION),
  /** An operator drains the workload: it gets no new requests. */
  WORKLOAD_DRAINING(Level.INFORMATION),
  /** The VM of the entry has left: the entry will go. */
  ENTRY_EXPIRING(Level.INFORMATION),
  /** The workload says where a port is that no service has. */
  WORKLOAD_PORT_UNUSED(Level.WARNING),
  /** Two workloads of one network say that they have the same address. */
  WORKLOAD_ADDRESS_SHARED(Level.WARNING),
  /** The workload's identity is none of those that its service declares: clients refuse it. */
  IDENTITY_NOT_DECLARED(Level.ERROR),
  /** The workload has another service account than its group. */
  IDENTITY_NOT_OF_GROUP(Level.ERROR),
  /** The workload says that it is of a group that does not exist. */
  GROUP_MISSING(Level.WARNING),
  /** No service selects the members of the group. */
  GROUP_UNSELECTED(Level.WARNING),
  /** The group's template says where a port is that no service has. */
  GROUP_PORT_UNUSED(Level.WARNING),
  /** The group's template has an address, which every member replaces by its own. */
  GROUP_ADDRESS_UNUSED(Level.WARNING),
  /** The members of the group share the identity of all that name no account. */
  GROUP_ACCOUNT_DEFAULT(Level.INFORMATION),
  /** The service has no endpoint. */
  SERVICE_WITHOUT_ENDPOINTS(Level.ERROR),
  /** The service has no endpoint before VMs of a group that it selects have joined. */
  SERVICE_ENDPOINTS_TO_COME(Level.INFORMATION),
  /** The service has no endpoint that is seen, where no pods are seen at all. */
  SERVICE_PODS_UNSEEN(Level.INFORMATION),
  /** A port of the service has no endpoint, though other ports have. */
  PORT_WITHOUT_ENDPOINTS(Level.ERROR),
  /** Two objects claim the same thing; one of them does not count. */
  CONFLICT(Level.WARNING),
  /** Endpoints of a network without a gateway: proxies of others call them at their address. */
  NETWORK_WITHOUT_GATEWAY(Level.WARNING),
  /** Two networks have one address, and no gateway tells clients which one is meant. */
  NETWORK_ADDRESS_AMBIGUOUS(Level.ERROR),
  /** Clients call the workload in plain text, and its PeerAuthentication refuses that. */
  PLAINTEXT_REFUSED(Level.ERROR),
  /** A source is down: what it said last goes on being served. */
  SOURCE_STALE(Level.WARNING),
  /** A source has not said yet what it has: it is missing. */
  SOURCE_NOT_SYNCED(Level.ERROR),
  /** A VirtualService is for a host that is no service: only requests to port 80 can match. */
  ROUTED_HOST_UNKNOWN(Level.WARNING),
  /** An older VirtualService of the namespace is for the same host: this one does not count. */
  ROUTED_HOST_TAKEN(Level.WARNING),
  /** A rule names a host that is no service. */
  HOST_UNKNOWN(Level.ERROR),
  /** A rule names a host that it cannot see. */
  HOST_NOT_EXPORTED(Level.ERROR),
  /** A route names a port that its destination does not have. */
  PORT_UNKNOWN(Level.ERROR),
  /** A route names a subset that no DestinationRule defines. */
  SUBSET_UNKNOWN(Level.ERROR),
  /** No endpoint of the service has the labels of the subset. */
  SUBSET_WITHOUT_ENDPOINTS(Level.ERROR),
  /** A rule is for workloads, and no workload has the labels that it selects. */
  SELECTOR_MATCHES_NOTHING(Level.WARNING);

  /** How bad a finding is. */
  public enum Level {
    /** Requests fail. */
    ERROR,
    /** Something has no effect. */
    WARNING,
    /** Worth knowing. */
    INFORMATION
  }

  private final Level level;

  FindingCode(Level level) {
    this.level = level;
  }

  /** Returns how bad a finding with this code is. */
  public Level level() {
    return level;
  }
}
