package io.mooring.identity.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.identity.WorkloadGroups;
import io.mooring.model.Metadata;
import io.mooring.model.networking.WorkloadGroup;
import io.mooring.model.spiffe.SpiffeId;
import io.mooring.testkit.GoldenFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BootstrapBundleTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "vm.example.org",
        "10.0.0",
        "10.0.0.256",
        "1.2.3.4\n",
        "::g",
        "[::1]",
        "0.0.0.0",
        "::",
        "224.0.0.1"
      })
  void addressThatIsNoIpIsRefused(String address) {
    assertThatThrownBy(() -> Bundles.ratings().address(address).build())
        .hasMessageContaining("expected: an IP address of one machine");
    assertThatThrownBy(() -> Bundles.ratings().bindAddress(address).build())
        .hasMessageContaining("expected: an IP address of one machine");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "$(reboot)", "a'b", "a\nb", "a/b"})
  void hostThatCouldEscapeIntoAScriptIsRefused(String host) {
    SpiffeId id = SpiffeId.parse("spiffe://td/cp");
    assertThatThrownBy(() -> new ControlPlane(host, 1, id)).hasMessageContaining(host);
  }

  @Test
  void portOutOfRangeIsRefused() {
    SpiffeId id = SpiffeId.parse("spiffe://td/cp");
    assertThatThrownBy(() -> new ControlPlane("h", 0, id)).hasMessageContaining("1..65535");
    assertThatThrownBy(() -> new ControlPlane("h", 65_536, id)).hasMessageContaining("65536");
    assertThatThrownBy(() -> Bundles.ratings().adminPort(-1).build()).hasMessageContaining("-1");
  }

  @Test
  void tokenIsInItsOwnFileAndNowhereElse() {
    BootstrapBundle bundle = Bundles.ratings().capture(CaptureMode.TRANSPARENT).build();
    Map<String, String> files = bundle.files();
    assertThat(files.get(BootstrapFiles.TOKEN)).isEqualTo(Bundles.SECRET + "\n");
    files.forEach(
        (name, content) -> {
          if (!name.equals(BootstrapFiles.TOKEN)) {
            assertThat(content).as(name).doesNotContain(Bundles.SECRET);
          }
        });
    assertThat(bundle.toString()).doesNotContain(Bundles.SECRET);
  }

  @Test
  void groupGivesAccountNetworkAndLabelsOfWhichTheTemplatesCount() {
    BootstrapBundle bundle = Bundles.ratings().build();
    assertThat(bundle.identity()).hasToString("spiffe://td/ns/demo/sa/bookinfo-ratings");
    assertThat(bundle.network()).isEqualTo("vms");
    assertThat(bundle.labels())
        .containsExactlyInAnyOrderEntriesOf(Map.of("app", "ratings", "team", "stars"));
  }

  @Test
  void groupWithoutAccountGetsTheDefaultOne() {
    WorkloadGroup group = WorkloadGroup.builder().metadata(Metadata.of("demo", "ratings")).build();
    assertThat(
            BootstrapBundle.forGroup(group)
                .controlPlane(Bundles.ratings().build().controlPlane())
                .trustBundle(Bundles.ratings().build().trustBundle())
                .token("t")
                .build()
                .serviceAccount())
        .isEqualTo(WorkloadGroups.DEFAULT_SERVICE_ACCOUNT);
  }

  @Test
  void captureScriptIsThereOnlyWhenAskedFor() {
    assertThat(Bundles.ratings().build().files())
        .containsOnlyKeys(
            BootstrapFiles.AGENT,
            BootstrapFiles.ENVOY,
            BootstrapFiles.ROOT_CERTIFICATES,
            BootstrapFiles.TOKEN);
    assertThat(Bundles.ratings().capture(CaptureMode.TRANSPARENT).build().files())
        .containsKey(BootstrapFiles.CAPTURE);
  }

  @Test
  void filesAreAsTheyWere() {
    BootstrapBundle bundle =
        Bundles.ratings().address("10.0.0.1").capture(CaptureMode.TRANSPARENT).build();
    for (String name :
        new String[] {BootstrapFiles.AGENT, BootstrapFiles.ENVOY, BootstrapFiles.CAPTURE}) {
      GoldenFiles.assertMatches("bundle/" + name, bundle.files().getOrDefault(name, ""));
    }
  }

  @Test
  void writerMakesPrivateFilesAndTakesAStaleScriptAway(@TempDir Path temporary) throws IOException {
    Path directory = temporary.resolve("bundle");
    BootstrapWriter.write(Bundles.ratings().capture(CaptureMode.TRANSPARENT).build(), directory);
    BootstrapWriter.write(Bundles.ratings().build(), directory);
    assertThat(directory.resolve(BootstrapFiles.CAPTURE)).doesNotExist();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
        .isEqualTo("rwx------");
    for (String name : Bundles.ratings().build().files().keySet()) {
      Path file = directory.resolve(name);
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .as(name)
          .isEqualTo("rw-------");
      assertThat(file).hasContent(Bundles.ratings().build().files().get(name));
    }
  }
}
