package io.mooring.xds.mesh;

import io.envoyproxy.envoy.config.core.v3.Node;
import io.mooring.model.ConfigObject;
import io.mooring.model.codec.ConfigCodec;
import io.mooring.model.codec.LocatedObject;
import io.mooring.model.codec.ParsedConfig;
import io.mooring.registry.ChangeSet;
import io.mooring.registry.RegistryEvent;
import io.mooring.registry.RegistrySnapshot;
import io.mooring.registry.ServiceRegistry;
import io.mooring.registry.memory.MemorySource;
import io.mooring.xds.node.ProxyNode;
import java.util.ArrayList;
import java.util.List;

/** A registry in memory, on the caller's thread, that remembers every change. */
final class TestMesh implements AutoCloseable {

  private final MemorySource source = new MemorySource();
  private final ServiceRegistry registry;
  private final List<RegistryChange> changes = new ArrayList<>();

  TestMesh() {
    registry =
        ServiceRegistry.builder()
            .source(source)
            .writer(Runnable::run)
            .delivery(Runnable::run)
            .build();
    registry.addListener((snapshot, change) -> changes.add(new RegistryChange(snapshot, change)));
    registry.start();
  }

  static TestMesh of(String yaml) {
    TestMesh mesh = new TestMesh();
    mesh.apply(yaml);
    return mesh;
  }

  static List<ConfigObject> parse(String yaml) {
    ParsedConfig parsed = new ConfigCodec().parse("test.yaml", yaml);
    if (parsed.hasErrors()) {
      throw new IllegalArgumentException(parsed.problems().toString());
    }
    return parsed.objects().stream().map(LocatedObject::object).toList();
  }

  /** Adds or replaces the objects of a YAML text; returns the change. */
  RegistryChange apply(String yaml) {
    return put(parse(yaml).toArray(ConfigObject[]::new));
  }

  RegistryChange put(ConfigObject... objects) {
    int before = changes.size();
    source.put(objects);
    return since(before);
  }

  RegistryChange apply(List<RegistryEvent> events) {
    int before = changes.size();
    source.apply(events);
    return since(before);
  }

  RegistryChange delete(ConfigObject object) {
    int before = changes.size();
    source.delete(object.key());
    return since(before);
  }

  private RegistryChange since(int before) {
    return changes.size() == before
        ? new RegistryChange(snapshot(), ChangeSet.NONE)
        : changes.get(changes.size() - 1);
  }

  RegistrySnapshot snapshot() {
    return registry.snapshot();
  }

  MeshGenerator generator() {
    return new MeshGenerator(this::snapshot);
  }

  /** Returns a captured proxy at an address that no test workload has. */
  static ProxyNode proxy(String namespace) {
    return proxy(namespace, "10.9.9.9");
  }

  static ProxyNode proxy(String namespace, String address) {
    return ProxyNode.parse(
        Node.newBuilder()
            .setId(
                "sidecar~%s~web.%s~%s.svc.cluster.local".formatted(address, namespace, namespace))
            .build());
  }

  @Override
  public void close() {
    registry.close();
  }
}
