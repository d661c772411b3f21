package io.mooring.registry;

import io.mooring.model.ConfigKey;
import io.mooring.service.Conflict;
import io.mooring.service.HostPrecedence;
import io.mooring.service.MeshPort;
import io.mooring.service.MeshService;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.pcollections.PMap;
import org.pcollections.TreePMap;

/**
 * Answers where objects of one snapshot contradict each other. Immutable; the answer is made when
 * first asked for, which walks over every service: only people ask.
 */
final class ConflictReport {

  private final ServiceIndex services;
  private final PMap<ConfigKey, List<Conflict>> overridden;
  private final List<Conflict> others;
  private volatile @Nullable List<Conflict> conflicts; // computed twice at worst

  /**
   * Creates the report.
   *
   * @param overridden objects that several sources hold differently
   * @param others conflicts that were found when services were made
   */
  ConflictReport(
      ServiceIndex services,
      PMap<ConfigKey, List<Conflict>> overridden,
      List<Collection<Conflict>> others) {
    this.services = services;
    this.overridden = overridden;
    this.others = others.stream().flatMap(Collection::stream).toList();
  }

  /** Returns every conflict, in order. */
  List<Conflict> conflicts() {
    List<Conflict> known = conflicts;
    if (known == null) {
      NavigableSet<Conflict> found = new TreeSet<>();
      overridden.values().forEach(found::addAll);
      found.addAll(others);
      services.viewsByKey().values().forEach(view -> found.addAll(view.merged().conflicts()));
      for (TreePMap<ServiceIndex.Rank, MeshService> ofHost : services.servicesByHost().values()) {
        if (ofHost.size() > 1) {
          found.addAll(HostPrecedence.conflicts(List.copyOf(ofHost.values())));
        }
      }
      addAddresses(found);
      known = List.copyOf(found);
      conflicts = known;
    }
    return known;
  }

  /** A virtual IP and a port at it: what a captured connection is told apart by. */
  private record Socket(String address, int port) implements Comparable<Socket> {
    @Override
    public int compareTo(Socket other) {
      int byAddress = address.compareTo(other.address);
      return byAddress != 0 ? byAddress : Integer.compare(port, other.port);
    }
  }

  /** HTTP services may share an address: requests name their host. */
  private void addAddresses(NavigableSet<Conflict> found) {
    Map<Socket, MeshService> firstBySocket = new TreeMap<>();
    for (MeshService service : services.all()) {
      for (String address : service.addresses()) {
        for (MeshPort port : service.ports()) {
          Socket socket = new Socket(address, port.number());
          MeshService first = firstBySocket.putIfAbsent(socket, service);
          if (first != null
              && !first.host().equals(service.host())
              && meet(first, service)
              && meetAt(address, first, service)) {
            compare(first, service, socket, port, found);
          }
        }
      }
    }
  }

  private static void compare(
      MeshService first,
      MeshService other,
      Socket socket,
      MeshPort port,
      NavigableSet<Conflict> found) {
    MeshPort winner = first.port(socket.port()).orElseThrow();
    if (!winner.protocol().isHttp() || !port.protocol().isHttp()) {
      found.add(
          new Conflict(
              Conflict.Kind.ADDRESS,
              socket.address() + ":" + socket.port(),
              first.definedBy(),
              other.definedBy(),
              "%s and %s share the address and the port: connections go to the first, which is older"
                  .formatted(first.host(), other.host())));
    }
  }

  /** Clusters may give one address to different services: each proxy knows its own's. */
  private static boolean meetAt(String address, MeshService one, MeshService other) {
    Set<String> clusters = clustersAt(address, one);
    return clusters.isEmpty()
        || clustersAt(address, other).isEmpty()
        || !Collections.disjoint(clusters, clustersAt(address, other));
  }

  private static Set<String> clustersAt(String address, MeshService service) {
    Set<String> clusters = new TreeSet<>();
    service
        .addressesByCluster()
        .forEach(
            (cluster, addresses) -> {
              if (addresses.contains(address)) {
                clusters.add(cluster);
              }
            });
    return clusters;
  }

  /** Returns whether some proxy may see both. */
  private static boolean meet(MeshService one, MeshService other) {
    return one.isVisibleIn(other.namespace())
        || other.isVisibleIn(one.namespace())
        || one.exportTo().stream().anyMatch(other::isVisibleIn)
        || other.exportTo().stream().anyMatch(one::isVisibleIn);
  }
}
