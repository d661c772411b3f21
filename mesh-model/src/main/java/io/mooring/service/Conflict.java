package io.mooring.service;

import static java.util.Objects.requireNonNull;

import io.mooring.model.ConfigKey;
import java.util.Comparator;

/**
 * That two objects contradict each other, and which of them counts. Immutable; ordered by kind,
 * subject, winner, loser, reason.
 *
 * @param kind what they contradict each other in
 * @param subject what both claim: a host, a port, an address, an object
 * @param winner the object that counts
 * @param loser the object that does not, as far as {@code reason} says
 * @param reason why, and what follows, for an operator
 */
public record Conflict(Kind kind, String subject, ConfigKey winner, ConfigKey loser, String reason)
    implements Comparable<Conflict> {

  private static final Comparator<Conflict> ORDER =
      Comparator.comparing(Conflict::kind)
          .thenComparing(Conflict::subject)
          .thenComparing(Conflict::winner)
          .thenComparing(Conflict::loser)
          .thenComparing(Conflict::reason);

  /** What two objects contradict each other in. */
  public enum Kind {
    /** Two sources hold different objects of one key. */
    OBJECT,
    /** Two objects of one namespace define the same host in ways that do not fit together. */
    HOST,
    /** Two namespaces define the same host and show it to the same proxies. */
    HOST_OF_OTHER_NAMESPACE,
    /** Two objects of one host give a port of the same number another name or protocol. */
    PORT,
    /** Two hosts share a virtual IP and a port on which only the IP tells them apart. */
    ADDRESS,
    /** A host cannot have the virtual IP that was allocated for it. */
    ALLOCATED_ADDRESS,
    /** An alias leads nowhere, or to a host that something else defines. */
    ALIAS
  }

  public Conflict {
    requireNonNull(kind, "kind");
    requireNonNull(subject, "subject");
    requireNonNull(winner, "winner");
    requireNonNull(loser, "loser");
    requireNonNull(reason, "reason");
  }

  @Override
  public int compareTo(Conflict other) {
    return ORDER.compare(this, other);
  }
}
