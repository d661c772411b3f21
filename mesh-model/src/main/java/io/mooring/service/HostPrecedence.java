package io.mooring.service;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Which service a proxy sees under a host that several namespaces define, or one for different
 * audiences. Pure.
 *
 * <p>The proxy's own namespace wins, then a Kubernetes Service, then one that is exported to this
 * namespace by name, then the oldest. Istio lacks the third step: there a service that was meant
 * for everybody can hide the one that was meant for you.
 */
public final class HostPrecedence {

  /** Stands for all namespaces that no service is exported to by name. */
  private static final String ANYBODY = "";

  private HostPrecedence() {}

  /**
   * Returns the service of a host that proxies of {@code namespace} see.
   *
   * @param oldestFirst the services of one host
   */
  public static Optional<MeshService> winner(
      Collection<MeshService> oldestFirst, String namespace) {
    // A stable minimum: of equals the first, which is the oldest, wins.
    return oldestFirst.stream()
        .filter(service -> service.isVisibleIn(namespace))
        .min(Comparator.comparingInt(service -> rank(service, namespace)));
  }

  private static int rank(MeshService service, String namespace) {
    int home = service.namespace().equals(namespace) ? 0 : 4;
    int origin = service.origin() == MeshService.Origin.KUBERNETES_SERVICE ? 0 : 2;
    int audience = service.exportTo().contains("*") ? 1 : 0;
    return home + origin + audience;
  }

  /**
   * Returns who hides whom from proxies: of the namespaces that define the host, only what they
   * define themselves, as their own always hides that of others.
   *
   * @param oldestFirst the services of one host
   */
  public static SortedSet<Conflict> conflicts(List<MeshService> oldestFirst) {
    SortedSet<Conflict> conflicts = new TreeSet<>();
    oldestFirst.stream()
        .collect(Collectors.groupingBy(MeshService::namespace))
        .forEach((namespace, own) -> addConflicts(own, namespace, conflicts));
    foreignAudiences(oldestFirst).forEach(it -> addConflicts(oldestFirst, it, conflicts));
    return conflicts;
  }

  private static void addConflicts(
      List<MeshService> oldestFirst, String audience, SortedSet<Conflict> conflicts) {
    winner(oldestFirst, audience)
        .ifPresent(
            winner ->
                oldestFirst.stream()
                    .filter(other -> other != winner && other.isVisibleIn(audience))
                    .forEach(loser -> conflicts.add(conflict(winner, loser, audience))));
  }

  private static SortedSet<String> foreignAudiences(List<MeshService> services) {
    SortedSet<String> audiences = new TreeSet<>();
    audiences.add(ANYBODY);
    services.forEach(service -> audiences.addAll(service.exportTo()));
    audiences.removeAll(List.of("*", ".", "~"));
    services.forEach(service -> audiences.remove(service.namespace()));
    return audiences;
  }

  private static Conflict conflict(MeshService winner, MeshService loser, String audience) {
    String seers =
        audience.equals(ANYBODY) ? "namespaces that define neither" : "namespace " + audience;
    return new Conflict(
        winner.namespace().equals(loser.namespace())
            ? Conflict.Kind.HOST
            : Conflict.Kind.HOST_OF_OTHER_NAMESPACE,
        winner.host(),
        winner.definedBy(),
        loser.definedBy(),
        "proxies of %s see the first because it %s".formatted(seers, why(winner, loser, audience)));
  }

  private static String why(MeshService winner, MeshService loser, String audience) {
    int difference = rank(loser, audience) - rank(winner, audience);
    if (difference == 0) {
      return "is older (creation time, then name, then namespace)";
    }
    return winner.origin() == loser.origin()
        ? "is exported to them by name"
        : "is a Kubernetes Service";
  }
}
