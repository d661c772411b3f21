package io.mooring.examples.embedding;

import io.mooring.controlplane.MeshControlPlane;
import io.mooring.identity.bootstrap.BootstrapWriter;
import io.mooring.model.Metadata;
import io.mooring.model.networking.WorkloadEntrySpec;
import io.mooring.model.networking.WorkloadGroup;
import io.mooring.model.networking.WorkloadGroupSpec;
import io.mooring.registry.memory.MemorySource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;

/**
 * Starts a control plane whose configuration is made by code, and writes what one VM needs to join
 * it.
 */
final class EmbeddedMesh {

  private EmbeddedMesh() {}

  // README: begin
  static MeshControlPlane start(Path data, Path bundle) throws IOException, InterruptedException {
    MemorySource configuration = new MemorySource();
    configuration.put(
        WorkloadGroup.builder()
            .metadata(Metadata.of("demo", "ratings"))
            .spec(
                WorkloadGroupSpec.builder()
                    .template(WorkloadEntrySpec.builder().serviceAccount("ratings").build())
                    .build())
            .build());
    MeshControlPlane mesh =
        MeshControlPlane.builder()
            .source(configuration)
            .dataDirectory(data)
            .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .start();
    BootstrapWriter.write(mesh.bundle("demo", "ratings").build(), bundle);
    return mesh; // on the VM: mooring vm join --bundle DIR
  }

  // README: end

  /** Runs until the program is ended; a VM joins with the files in the directory {@code bundle}. */
  public static void main(String[] args) throws IOException, InterruptedException {
    try (MeshControlPlane mesh = start(Path.of("mooring-data"), Path.of("bundle"))) {
      System.out.println("control plane at " + mesh.listenAddress());
      Thread.currentThread().join();
    }
  }
}
