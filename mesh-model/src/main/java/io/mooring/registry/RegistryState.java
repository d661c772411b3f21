package io.mooring.registry;

import io.mooring.model.ConfigKey;
import io.mooring.registry.AddressIndex.Place;
import io.mooring.registry.PersistentSnapshot.Contribution;
import io.mooring.service.MergedService;
import io.mooring.service.MeshEndpoint;
import io.mooring.service.MeshWorkload;
import io.mooring.service.ServiceDefinition;
import io.mooring.service.ServiceKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/**
 * Keeps services and endpoints in step with the objects that define them. Confined to the registry
 * writer; its oracle is the same state built anew from the objects that are left.
 *
 * <p>A workload that comes, changes or goes costs what its services have in selectors and nothing
 * more: only its own endpoints are made again. A definition that comes, changes or goes makes its
 * services again, with all their endpoints.
 */
final class RegistryState {

  private final Map<ServiceKey, Map<ConfigKey, ServiceDefinition>> definitionsByService =
      new HashMap<>();
  private final SelectorIndex selectors = new SelectorIndex();
  private final WorkloadIndex workloads = new WorkloadIndex();

  private ObjectIndex objects = ObjectIndex.EMPTY;
  private ServiceIndex services = ServiceIndex.EMPTY;
  private AddressIndex<Contribution, List<MeshEndpoint>> endpointsAt = AddressIndex.empty();
  private AddressIndex<String, MeshWorkload> workloadsAt = AddressIndex.empty();
  private long endpointsMade;

  /** Applies changes as one step and returns what differs afterwards. */
  ChangeSet apply(List<ObjectChange> changes) {
    Difference difference = new Difference();
    Set<ServiceKey> redefined = new TreeSet<>();
    for (ObjectChange change : changes) {
      difference.configs.add(change.key());
      objects =
          objects.replace(
              change.older() == null ? null : change.older().object(),
              change.newer() == null ? null : change.newer().object());
      redefine(change, redefined);
    }
    List<Move> moves = moves(changes); // indexes workloads, so before services are made
    redefined.forEach(key -> remake(key, difference));
    moves.forEach(move -> apply(move, redefined, difference));
    return difference.toChangeSet();
  }

  /** Returns the state after the last change. */
  RegistrySnapshot snapshot(long revision, MeshSettings settings) {
    return new PersistentSnapshot(revision, settings, objects, services, endpointsAt, workloadsAt);
  }

  /** Returns how often endpoints of a workload were made: the measure of work done. */
  long endpointsMade() {
    return endpointsMade;
  }

  private void redefine(ObjectChange change, Set<ServiceKey> redefined) {
    if (change.older() != null) {
      for (ServiceDefinition definition : change.older().definitions()) {
        ServiceKey key = definition.service().key();
        redefined.add(key);
        selectors.remove(change.key(), definition);
        definitionsByService.computeIfPresent(
            key,
            (same, definitions) -> {
              definitions.remove(change.key());
              return definitions.isEmpty() ? null : definitions;
            });
      }
    }
    if (change.newer() != null) {
      for (ServiceDefinition definition : change.newer().definitions()) {
        ServiceKey key = definition.service().key();
        redefined.add(key);
        selectors.add(change.key(), definition);
        definitionsByService
            .computeIfAbsent(key, same -> new TreeMap<>())
            .put(change.key(), definition);
      }
    }
  }

  /** What the workload of one entry was and is. */
  private record Move(String name, @Nullable MeshWorkload older, @Nullable MeshWorkload newer) {}

  private List<Move> moves(List<ObjectChange> changes) {
    List<Move> moves = new ArrayList<>();
    for (ObjectChange change : changes) {
      MeshWorkload older = workload(change.older());
      MeshWorkload newer = workload(change.newer());
      if (older != null) {
        workloads.remove(older);
        workloadsAt = workloadsAt.minus(placeOf(older), older.name());
      }
      if (newer != null) {
        workloads.add(newer);
        workloadsAt = workloadsAt.plus(placeOf(newer), newer.name(), newer);
      }
      if (older != null || newer != null) {
        moves.add(new Move(change.key().name(), older, newer));
      }
    }
    return moves;
  }

  private static Place placeOf(MeshWorkload workload) {
    return Place.of(workload.namespace(), workload.address());
  }

  private static @Nullable MeshWorkload workload(@Nullable AcceptedObject object) {
    return object == null ? null : object.workload().orElse(null);
  }

  private void apply(Move move, Set<ServiceKey> alreadyMade, Difference difference) {
    Set<ServiceKey> touched = new TreeSet<>();
    if (move.older() != null) {
      touched.addAll(selectors.selecting(move.older()));
    }
    if (move.newer() != null) {
      touched.addAll(selectors.selecting(move.newer()));
    }
    touched.removeAll(alreadyMade);
    touched.forEach(key -> apply(move, key, difference));
  }

  private void apply(Move move, ServiceKey key, Difference difference) {
    ServiceView older = services.view(key);
    if (older == null) {
      throw new IllegalStateException("service " + key + " is selected by, but was never made");
    }
    ServiceView newer = older;
    List<ServiceDefinition> definitions = older.merged().definitions();
    for (int rank = 0; rank < definitions.size(); rank++) {
      EndpointPosition position = new EndpointPosition(rank, 0, move.name());
      List<MeshEndpoint> made = made(definitions.get(rank), move.newer());
      List<MeshEndpoint> before = newer.at(position);
      if (!made.equals(before)) {
        newer = newer.with(position, made);
        moveEndpoints(new Contribution(key, position), before, made);
        difference.endpoints.add(key);
      }
    }
    services = services.replace(older, newer);
  }

  /** All endpoints of one contribution are at one workload: they share its address. */
  private void moveEndpoints(
      Contribution contribution, List<MeshEndpoint> older, List<MeshEndpoint> newer) {
    if (!older.isEmpty()) {
      endpointsAt = endpointsAt.minus(placeOf(older.get(0)), contribution);
    }
    if (!newer.isEmpty()) {
      endpointsAt = endpointsAt.plus(placeOf(newer.get(0)), contribution, newer);
    }
  }

  private static Place placeOf(MeshEndpoint endpoint) {
    return Place.of(endpoint.namespace(), endpoint.address());
  }

  private List<MeshEndpoint> made(ServiceDefinition definition, @Nullable MeshWorkload workload) {
    return workload != null && definition.selects(workload)
        ? make(definition, workload)
        : List.of();
  }

  private List<MeshEndpoint> make(ServiceDefinition definition, MeshWorkload workload) {
    endpointsMade++;
    return definition.endpoints(workload);
  }

  private void remake(ServiceKey key, Difference difference) {
    ServiceView older = services.view(key);
    Map<ConfigKey, ServiceDefinition> definitions = definitionsByService.get(key);
    ServiceView newer = definitions == null ? null : make(MergedService.of(definitions.values()));
    services = services.replace(older, newer);
    contributions(older)
        .forEach(
            (position, before) ->
                moveEndpoints(new Contribution(key, position), before, List.of()));
    contributions(newer)
        .forEach(
            (position, made) -> moveEndpoints(new Contribution(key, position), List.of(), made));
    difference.compare(key, older, newer);
  }

  private static Map<EndpointPosition, List<MeshEndpoint>> contributions(
      @Nullable ServiceView view) {
    return view == null ? Map.of() : view.endpointsByPosition();
  }

  private ServiceView make(MergedService merged) {
    Map<EndpointPosition, List<MeshEndpoint>> made = new TreeMap<>();
    for (int rank = 0; rank < merged.definitions().size(); rank++) {
      ServiceDefinition definition = merged.definitions().get(rank);
      for (int i = 0; i < definition.inlineWorkloads().size(); i++) {
        made.put(
            new EndpointPosition(rank, i, ""),
            make(definition, definition.inlineWorkloads().get(i)));
      }
      for (MeshWorkload workload : workloads.select(definition)) {
        made.put(new EndpointPosition(rank, 0, workload.name()), make(definition, workload));
      }
    }
    made.values().removeIf(List::isEmpty);
    return new ServiceView(merged, TreePMap.from(made));
  }

  /** What one step changed. */
  private static final class Difference {
    private final Set<ConfigKey> configs = new TreeSet<>();
    private final Set<ServiceKey> services = new TreeSet<>();
    private final Set<ServiceKey> endpoints = new TreeSet<>();

    void compare(ServiceKey key, @Nullable ServiceView older, @Nullable ServiceView newer) {
      if (older == null || newer == null || !older.service().equals(newer.service())) {
        services.add(key);
      }
      if (!endpoints(older).equals(endpoints(newer))) {
        endpoints.add(key);
      }
    }

    private static List<MeshEndpoint> endpoints(@Nullable ServiceView view) {
      return view == null ? List.of() : view.endpoints();
    }

    ChangeSet toChangeSet() {
      return new ChangeSet(configs, services, endpoints);
    }
  }
}
