package io.mooring.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class CommandLineTest {

  private static final String GOOD =
      """
      apiVersion: networking.istio.io/v1
      kind: ServiceEntry
      metadata: {name: ratings, namespace: demo}
      spec:
        hosts: [ratings.demo.svc.cluster.local]
        location: MESH_INTERNAL
        resolution: STATIC
        ports: [{number: 9080, name: http, protocol: HTTP}]
        endpoints: [{address: 10.0.0.1}]
      """;

  @TempDir private Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    CommandLine commands = Mooring.commandLine(new Termination());
    commands.setOut(new PrintWriter(out, true));
    commands.setErr(new PrintWriter(err, true));
    return commands.execute(args);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "vm",
        "nonsense",
        "serve",
        "serve --config /nonexistent",
        "serve --config . --debounce 5",
        "serve --config . --listen nowhere",
        "serve --config . --plaintext 192.0.2.1:0",
        "serve --config . --trust-domain UPPER",
        "serve --config . --nonsense",
        "translate --config .",
        "translate --config . --node /nonexistent",
        "validate",
        "validate /nonexistent",
        "analyze --config /nonexistent",
        "explain --config .",
        "explain --config . --from /nonexistent --to a:1",
        "explain --config . --from demo/vm --to a",
        "vm token --data . --namespace a --group b --ttl 0s",
        "vm bundle --namespace a --group b --data . --out . --bind 0.0.0.0",
        "vm bundle --namespace a --group b --data . --out pom.xml",
        "serve --config . --svid-ttl 0h",
        "serve --config . --svid-ttl 91d",
        "serve --config . --bundle-endpoint nowhere",
        "serve --config . --federation /nonexistent",
        "serve --config . --ca-key-password-file /nonexistent",
        "serve --config . --ca-key-password-file /dev/null",
        "serve --config . --ca-key-password-file pom.xml",
        "ca ban --data .",
        "ca ban spiffe://td/a",
        "vm token --namespace a --group b --data . --ttl 31d",
        "vm token --data .",
        "vm token --data . --list --revoke 1",
        "vm join --bundle /nonexistent",
      })
  void wrongUseIsStatusTwoAndAShortMessage(String line) {
    int status = run(line.isEmpty() ? new String[0] : line.split(" "));
    assertThat(status).as(err.toString()).isEqualTo(2);
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString().lines()).hasSizeBetween(1, 3).noneMatch(it -> it.contains("\tat "));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"--help", "serve --help", "vm --help", "vm join --help", "vm token --help"})
  void helpGoesToStandardOutput(String line) {
    assertThat(run(line.split(" "))).isZero();
    assertThat(out.toString()).startsWith("Usage: mooring");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void aFileThatCannotBeMadeIsNamedWithTheReason() throws IOException {
    String file = Files.writeString(directory.resolve("file"), "").resolve("data").toString();
    assertThat(run("serve", "--config", directory.toString(), "--data", file)).isEqualTo(1);
    assertThat(err.toString().strip()).matches("mooring serve: .*file.*: \\p{L}.*");
  }

  @Test
  void vmCommandsWithoutAControlPlaneFailAndSaySo() {
    assertThat(
            run("vm", "token", "--namespace", "d", "--group", "g", "--data", directory.toString()))
        .isEqualTo(1);
    assertThat(err.toString()).contains("no control plane").contains(directory.toString());
  }

  @Test
  void validatePrintsOneLineAProblemAndFails() throws IOException {
    Path file = directory.resolve("bad.yaml");
    Files.writeString(file, GOOD.replace("address:", "adress:") + "---\n" + GOOD);
    assertThat(run("validate", directory.toString())).isEqualTo(1);
    assertThat(out.toString().lines().toList())
        .anySatisfy(
            line ->
                assertThat(line)
                    .startsWith(file + ":9:")
                    .contains(": error: ")
                    .contains("spec.endpoints[0]")
                    .contains("adress")
                    .contains("address"));
  }

  @Test
  void validateOfGoodFilesIsQuiet() throws IOException {
    Files.writeString(directory.resolve("good.yaml"), GOOD);
    assertThat(run("validate", directory.toString())).as(out.toString()).isZero();
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void validateOfADirectoryWarnsOfObjectsThatDoNotFitTogether() throws IOException {
    Path file = directory.resolve("group.yaml");
    Files.writeString(
        file,
        """
        apiVersion: networking.istio.io/v1
        kind: WorkloadGroup
        metadata: {name: lonely, namespace: demo}
        spec: {metadata: {labels: {app: lonely}}, template: {serviceAccount: lonely}}
        """);
    assertThat(run("validate", directory.toString())).isZero();
    assertThat(out.toString()).startsWith(file + ":1:1: warning: ");
    out.getBuffer().setLength(0);
    assertThat(run("validate", file.toString())).isZero();
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void translatePrintsWhatANodeWouldGet() throws IOException {
    Path config = Files.createDirectory(directory.resolve("config"));
    Files.writeString(config.resolve("mesh.yaml"), GOOD);
    Path node = directory.resolve("node.yaml");
    Files.writeString(
        node,
        """
        id: sidecar~10.0.0.2~vm.demo~demo.svc.cluster.local
        metadata: {NAMESPACE: demo, INTERCEPTION_MODE: NONE, INSTANCE_IPS: 10.0.0.2}
        """);
    int status =
        run("translate", "--config", config.toString(), "--node", node.toString(), "--type", "eds");
    assertThat(status).as(err.toString()).isZero();
    assertThat(out.toString())
        .contains("\"name\": \"outbound|9080||ratings.demo.svc.cluster.local\"")
        .contains("\"type_url\"", "\"version\"", "10.0.0.1")
        .doesNotContain("envoy.config.cluster.v3.Cluster");
  }

  @Test
  void aNodeThatIsNoYamlIsOneLineWithThePlace() throws IOException {
    Path node = Files.writeString(directory.resolve("node.yaml"), "id: [\n");
    assertThat(run("translate", "--config", directory.toString(), "--node", node.toString()))
        .isEqualTo(1);
    assertThat(err.toString().lines()).singleElement().asString().contains(node + " is no Envoy");
    assertThat(err.toString()).contains(": 2:1: expected the node content");
  }

  @Test
  void wrongValuesAreEchoedAsTheyWereWritten() {
    run("serve", "--config", directory.toString(), "--svid-ttl", "0h0m");
    assertThat(err.toString()).contains("--svid-ttl: '0h0m'");
  }

  @Test
  void analyzeFindsWhatIsAcceptedAndDoesNotWork() throws IOException {
    Files.writeString(directory.resolve("mesh.yaml"), GOOD.replaceAll("  endpoints.*\n", ""));
    assertThat(run("analyze", "--config", directory.toString())).isEqualTo(1);
    assertThat(out.toString())
        .startsWith("error: SERVICE_WITHOUT_ENDPOINTS: ServiceEntry/demo/ratings: ");

    Files.writeString(directory.resolve("mesh.yaml"), GOOD);
    out.getBuffer().setLength(0);
    assertThat(run("analyze", "--config", directory.toString())).isZero();
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void explainFollowsACallFromAWorkload() throws IOException {
    Files.writeString(
        directory.resolve("mesh.yaml"),
        GOOD
            + """
            ---
            apiVersion: networking.istio.io/v1
            kind: WorkloadEntry
            metadata: {name: vm, namespace: demo}
            spec: {address: 10.0.0.2}
            """);
    String config = directory.toString();
    assertThat(run("explain", "--config", config, "--from", "demo/vm", "--to", "ratings:9080"))
        .isZero();
    assertThat(out.toString())
        .contains("endpoint: 10.0.0.1:9080")
        .contains("reachable: 1 endpoint");
    assertThat(run("explain", "--config", config, "--from", "demo/vm", "--to", "nobody:9080"))
        .isEqualTo(1);
    assertThat(run("explain", "--config", config, "--from", "demo/no", "--to", "ratings:9080"))
        .isEqualTo(1);
    assertThat(err.toString()).contains("WorkloadEntry/demo/no");
  }

  @Test
  void explainAppliesRulesForTheLabelsOfTheWorkload() throws IOException {
    Files.writeString(
        directory.resolve("mesh.yaml"),
        GOOD
            + """
            ---
            apiVersion: networking.istio.io/v1
            kind: WorkloadEntry
            metadata: {name: vm, namespace: demo, labels: {app: web}}
            spec: {address: 10.0.0.2}
            ---
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: ratings, namespace: demo}
            spec:
              hosts: [ratings]
              http:
              - match: [{sourceLabels: {app: web}}]
                directResponse: {status: 418}
              - route: [{destination: {host: ratings}}]
            """);
    String config = directory.toString();
    assertThat(run("explain", "--config", config, "--from", "demo/vm", "--to", "ratings:9080"))
        .isZero();
    assertThat(out.toString()).contains("route 1 of ratings", "-> status 418");
  }
}
