package io.mooring.examples.bookinfo;

import io.mooring.controlplane.MeshControlPlane;
import io.mooring.identity.bootstrap.BootstrapWriter;
import io.mooring.service.MeshEndpoint;
import io.mooring.service.ServiceKey;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The control plane of the demo, embedded, as far as the demo uses it. */
final class Mesh implements AutoCloseable {

  private static final String NAMESPACE = "bookinfo";

  /** Short, so that the demo need not wait; the default is 10 s. */
  private static final Duration GRACE = Duration.ofSeconds(3);

  private final MeshControlPlane controlPlane;

  private Mesh(MeshControlPlane controlPlane) {
    this.controlPlane = controlPlane;
  }

  /**
   * Starts the control plane with its defaults but for the grace period, on a free port.
   *
   * @param config directory of YAML
   * @param data directory for its state
   * @param address IP to listen on
   */
  static Mesh start(Path config, Path data, String address)
      throws IOException, InterruptedException {
    return new Mesh(
        MeshControlPlane.builder()
            .configDirectory(config)
            .dataDirectory(data)
            .listen(new InetSocketAddress(address, 0))
            .grace(GRACE)
            .start());
  }

  /** Returns where it listens. */
  InetSocketAddress listenAddress() {
    return controlPlane.listenAddress();
  }

  /** Writes the bootstrap files of a VM, with a token of its own, into {@code directory}. */
  void writeBundle(Vm vm, Path directory) throws IOException {
    BootstrapWriter.write(
        controlPlane
            .bundle(NAMESPACE, vm.name())
            .address(vm.address())
            .bindAddress(vm.address())
            .build(),
        directory);
  }

  /** Returns the addresses of a service's endpoints that the registry knows, sorted. */
  List<String> endpoints(String host) {
    return controlPlane.registry().snapshot().endpoints(new ServiceKey(host, NAMESPACE)).stream()
        .map(MeshEndpoint::address)
        .sorted()
        .toList();
  }

  @Override
  public void close() {
    controlPlane.close();
  }
}
