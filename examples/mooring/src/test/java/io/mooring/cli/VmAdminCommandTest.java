package io.mooring.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.controlplane.MeshControlPlane;
import io.mooring.model.Metadata;
import io.mooring.model.networking.WorkloadEntry;
import io.mooring.model.networking.WorkloadEntrySpec;
import io.mooring.registry.memory.MemorySource;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What operators say of workloads through the command line. */
class VmAdminCommandTest {

  @TempDir private Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    CommandLine commands = Mooring.commandLine(new Termination());
    commands.setOut(new PrintWriter(out, true));
    commands.setErr(new PrintWriter(err, true));
    return commands.execute(args);
  }

  private String data() {
    return directory.resolve("data").toString();
  }

  private MeshControlPlane start() throws Exception {
    MemorySource configuration = new MemorySource();
    configuration.put(
        WorkloadEntry.builder()
            .metadata(Metadata.of("demo", "db"))
            .spec(WorkloadEntrySpec.builder().address("10.0.0.7").network("n1").build())
            .build());
    return MeshControlPlane.builder()
        .source(configuration)
        .dataDirectory(directory.resolve("data"))
        .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        .start();
  }

  @Test
  void whatAnOperatorSaysOfAWorkloadIsListedAndSurvivesARestart() throws Exception {
    try (MeshControlPlane mesh = start()) {
      assertThat(run("vm", "list", "--data", data())).isZero();
      assertThat(out.toString().lines()).containsExactly("ENTRY ADDRESS STATE ADMIN HEALTH DRIFT");
      assertThat(run("vm", "drain", "demo/db", "--data", data())).as(err.toString()).isZero();
      assertThat(out.toString()).isEmpty();
      assertThat(mesh.workloads()).hasSize(1);
    }
    try (MeshControlPlane mesh = start()) {
      assertThat(run("vm", "list", "--data", data())).isZero();
      assertThat(out.toString()).contains("demo/db 10.0.0.7@n1 departed draining unchecked -");
      assertThat(run("vm", "disable", "demo/db", "--data", data())).isZero();
      assertThat(mesh.workloads().get(0).adminState()).hasToString("disabled");
      assertThat(run("vm", "enable", "demo/db", "--data", data())).isZero();
      assertThat(mesh.workloads()).isEmpty();
    }
  }

  @Test
  void wrongUseAndUnknownEntriesAreTold() throws Exception {
    assertThat(run("vm", "drain", "--data", data())).isEqualTo(2);
    assertThat(run("vm", "drain", "demo", "--data", data())).isEqualTo(2);
    assertThat(err.toString()).contains("'demo' (expected: NAMESPACE/NAME");
    assertThat(run("vm", "enable", "demo/db", "--help")).isZero();
    assertThat(run("vm", "list", "--data", data())).isEqualTo(1);
    assertThat(err.toString()).contains("no control plane is running");
    try (MeshControlPlane mesh = start()) {
      assertThat(run("vm", "drain", "demo/nobody", "--data", data())).isEqualTo(1);
      assertThat(err.toString().lines())
          .singleElement()
          .asString()
          .contains("WorkloadEntry/demo/nobody is no registered workload");
      assertThat(mesh.workloads()).isEmpty();
    }
  }

  @Test
  void entriesOfADataDirectoryWithoutAControlPlaneExpire() throws Exception {
    Path config = Files.createDirectories(directory.resolve("config"));
    Path workloads = Files.createDirectories(directory.resolve("data/workloads"));
    Files.writeString(
        workloads.resolve("vm.yaml"),
        """
        apiVersion: networking.istio.io/v1
        kind: WorkloadEntry
        metadata:
          name: g-10.0.0.1
          namespace: demo
          annotations: {istio.io/autoRegistrationGroup: g, istio.io/workloadController: r-1}
        spec: {address: 10.0.0.1}
        """);
    run("analyze", "--config", config.toString(), "--data", data());
    assertThat(out.toString())
        .contains("ENTRY_EXPIRING: WorkloadEntry/demo/g-10.0.0.1: no control plane runs");
    assertThat(
            run(
                "explain",
                "--config",
                config.toString(),
                "--data",
                data(),
                "--from",
                "demo/g-10.0.0.1",
                "--to",
                "nobody:80"))
        .isEqualTo(1);
    assertThat(out.toString()).contains("from sidecar~10.0.0.1~g-10.0.0.1.demo");
  }

  @Test
  void nodeIdThatIsNoneIsRefused() throws Exception {
    Path node = Files.writeString(directory.resolve("node.yaml"), "id: bogus\n");
    assertThat(run("translate", "--config", directory.toString(), "--node", node.toString()))
        .isEqualTo(1);
    assertThat(err.toString())
        .contains("is no Envoy node: id: 'bogus' (expected: sidecar~IP~NAME.NAMESPACE~DOMAIN)");
    Files.writeString(node, "id: sidecar~10.0.0.1~vm~demo.svc.cluster.local\n");
    assertThat(run("translate", "--config", directory.toString(), "--node", node.toString()))
        .isEqualTo(1);
  }
}
