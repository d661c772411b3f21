package io.mooring.controlplane;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mooring.controlplane.admin.AdminPage;
import io.mooring.controlplane.admin.AdminPage.Reply;
import io.mooring.controlplane.admin.Metrics;
import io.mooring.model.ConfigObject;
import io.mooring.registry.RegistrySnapshot;
import io.mooring.registry.ServiceRegistry;
import io.mooring.registry.SourceStatus;
import io.mooring.registry.file.FileWorkloadStore;
import io.mooring.service.MeshEndpoint;
import io.mooring.service.MeshService;
import io.mooring.xds.debug.ResourceJson;
import io.mooring.xds.mesh.MeshGenerator;
import io.mooring.xds.resource.XdsType;
import io.mooring.xds.server.StreamStatus;
import io.mooring.xds.server.TypeStatus;
import io.mooring.xds.server.XdsServer;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The pages of the admin server. Each reads a snapshot; none shows a key, a token or a refused
 * peer.
 */
final class AdminPages {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  private static final Set<XdsType> DUMPED =
      Set.of(XdsType.CLUSTER, XdsType.ENDPOINT, XdsType.LISTENER, XdsType.ROUTE);

  private final MeshControlPlane controlPlane;
  private final ServiceRegistry registry;
  private final FileWorkloadStore store;
  private final ConfigProblems problems;
  private final List<XdsServer> servers;
  private final Metrics metrics;
  private final MeshGenerator generator;

  AdminPages(
      MeshControlPlane controlPlane,
      ServiceRegistry registry,
      FileWorkloadStore store,
      ConfigProblems problems,
      MeshGenerator generator,
      List<XdsServer> servers,
      Metrics metrics) {
    this.controlPlane = controlPlane;
    this.registry = registry;
    this.store = store;
    this.problems = problems;
    this.generator = generator;
    this.servers = List.copyOf(servers);
    this.metrics = metrics;
  }

  Map<String, AdminPage> byPath() {
    return Map.of(
        "/ready", query -> ready(),
        "/metrics",
            query -> new Reply(200, "text/plain; version=0.0.4; charset=utf-8", metrics.print()),
        "/debug/syncz", query -> syncStatus(),
        "/debug/registryz", query -> registryState(),
        "/debug/config_dump", this::configDump);
  }

  private Reply ready() {
    List<String> missing = registry.unsyncedSources();
    if (!registry.isReady()) {
      return Reply.text(503, "waiting for " + String.join(", ", missing) + "\n");
    }
    return Reply.text(
        200, missing.isEmpty() ? "ready\n" : "ready without " + String.join(", ", missing) + "\n");
  }

  private Reply syncStatus() {
    ArrayNode streams = JSON.createArrayNode();
    List<StreamStatus> statuses = servers.stream().flatMap(xds -> xds.status().stream()).toList();
    for (StreamStatus status : statuses) {
      ObjectNode stream =
          streams
              .addObject()
              .put("stream", status.streamId())
              .put("node", status.node().id())
              .put("peer", status.peer().spiffeId().map(Object::toString).orElse(""))
              .put("variant", status.delta() ? "delta" : "sotw");
      ArrayNode types = stream.putArray("types");
      for (TypeStatus type : status.types()) {
        types
            .addObject()
            .put("type_url", type.type().typeUrl())
            .put("resources", type.sent().size())
            .put("synced", type.acknowledged())
            .put("rejected", type.rejection().orElse(""));
      }
      ArrayNode conflicts = stream.putArray("conflicts");
      generator
          .conflicts(status.node())
          .forEach(
              conflict ->
                  conflicts
                      .addObject()
                      .put("listener", conflict.listener())
                      .put("service", conflict.service().toString())
                      .put("reason", conflict.reason()));
    }
    return print(streams);
  }

  private Reply registryState() {
    RegistrySnapshot snapshot = registry.snapshot();
    ObjectNode state = JSON.createObjectNode().put("revision", snapshot.revision());
    addSources(state.putArray("sources"), snapshot);
    ArrayNode objects = state.putArray("objects");
    snapshot.objects(ConfigObject.class).forEach(object -> objects.add(object.key().toString()));
    ArrayNode services = state.putArray("services");
    for (MeshService service : snapshot.services()) {
      ObjectNode json =
          services.addObject().put("host", service.host()).put("namespace", service.namespace());
      ArrayNode addresses = json.putArray("addresses");
      service.addresses(true).forEach(addresses::add);
      ArrayNode ports = json.putArray("ports");
      service.ports().forEach(port -> ports.add(port.number() + "/" + port.protocol()));
      ArrayNode endpoints = json.putArray("endpoints");
      for (MeshEndpoint endpoint : snapshot.endpoints(service.key())) {
        endpoints
            .addObject()
            .put("address", endpoint.address())
            .put("port", endpoint.port())
            .put("service_port", endpoint.servicePort())
            .put("workload", endpoint.workloadName())
            .put("tls_mode", endpoint.tlsMode())
            .put("draining", endpoint.draining())
            .put("identity", endpoint.identity().map(Object::toString).orElse(""));
      }
    }
    WorkloadJson.add(state.putArray("workloads"), controlPlane.workloads());
    ObjectNode unreadable = state.putObject("unreadable_workload_files");
    store.unreadableFiles().forEach(unreadable::put);
    ObjectNode broken = state.putObject("broken_files");
    problems
        .byFile()
        .forEach(
            (file, lines) -> {
              ArrayNode list = broken.putArray(file);
              lines.forEach(list::add);
            });
    ArrayNode rejected = state.putArray("rejected_objects");
    registry
        .rejections()
        .forEach(
            rejection ->
                rejected
                    .addObject()
                    .put("source", rejection.source())
                    .put("object", rejection.object().toString())
                    .put("reason", rejection.reason()));
    ArrayNode conflicts = state.putArray("conflicts");
    snapshot
        .conflicts()
        .forEach(
            conflict ->
                conflicts
                    .addObject()
                    .put("kind", conflict.kind().toString())
                    .put("subject", conflict.subject())
                    .put("winner", conflict.winner().toString())
                    .put("loser", conflict.loser().toString())
                    .put("reason", conflict.reason()));
    return print(state);
  }

  private static void addSources(ArrayNode sources, RegistrySnapshot snapshot) {
    for (SourceStatus status : snapshot.sources()) {
      ObjectNode source =
          sources
              .addObject()
              .put("name", status.name())
              .put("synced", status.synced())
              .put("stale", status.isStale());
      status
          .outage()
          .ifPresent(
              outage ->
                  source
                      .put("stale_since", outage.since().toString())
                      .put("stale_reason", outage.reason()));
    }
  }

  private Reply configDump(Map<String, String> query) {
    String node = query.getOrDefault("node", "");
    return servers.stream()
        .flatMap(xds -> xds.configDump(node).stream())
        .findFirst()
        .map(resources -> Reply.json(ResourceJson.print(resources, DUMPED)))
        .orElseGet(() -> Reply.notFound("node '" + node + "'"));
  }

  private static Reply print(Object json) {
    try {
      return Reply.json(JSON.writeValueAsString(json) + "\n");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a JSON tree cannot be printed", e);
    }
  }
}
