package io.mooring.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.cli.Failures.CommandFailedException;
import io.mooring.identity.bundle.EndpointProfile;
import io.mooring.identity.bundle.FederatedDomain;
import io.mooring.model.spiffe.SpiffeId;
import io.mooring.testkit.identity.TestCertificateAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FederationFileTest {

  @TempDir private Path directory;

  @Test
  void bothProfilesAreReadAndTheBundleIsBesideTheFile() throws IOException {
    TestCertificateAuthority authority = new TestCertificateAuthority(Clock.systemUTC());
    Files.writeString(directory.resolve("shop.json"), authority.trustBundle().toJson());

    List<FederatedDomain> domains =
        FederationFile.read(
            write(
                """
                - trustDomain: shop.example
                  endpoint: https://192.0.2.1:8443/
                  profile: https_spiffe
                  endpointId: spiffe://cluster.local/ns/istio-system/sa/mooring
                  bundle: shop.json
                - {trustDomain: bank.example, endpoint: "https://bank.example/b", profile: https_web}
                """));

    assertThat(domains)
        .extracting(FederatedDomain::trustDomain)
        .extracting(Object::toString)
        .containsExactly("shop.example", "bank.example");
    assertThat(domains.get(0).profile())
        .isEqualTo(
            new EndpointProfile.Spiffe(
                SpiffeId.parse("spiffe://cluster.local/ns/istio-system/sa/mooring"),
                authority.trustBundle()));
    assertThat(domains.get(1).profile()).isInstanceOf(EndpointProfile.Web.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a: b",
        "- text",
        "- {trustDomain: a}",
        "- {trustDomain: a, endpoint: \"https://a/\", profile: web}",
        "- {trustDomain: a, endpoint: \"http://a/\", profile: https_web}",
        "- {trustDomain: A, endpoint: \"https://a/\", profile: https_web}",
        "- {trustDomain: a, endpoint: \"https://a/\", profile: https_web, bundel: x}",
        "- {trustDomain: a, endpoint: \"https://a/\", profile: https_web, bundle: x}",
        "- {trustDomain: a, endpoint: \"https://a/\", profile: https_spiffe, endpointId: x, bundle:"
            + " y}",
        "- {trustDomain: a, endpoint: \"https://a/\", profile: https_spiffe,"
            + " endpointId: \"spiffe://a/b\", bundle: none.json}",
        "- {trustDomain: a, endpoint: 1, profile: https_web}",
        "- [",
      })
  void whatIsWrongIsSaidWithTheFile(String text) throws IOException {
    Path file = write(text);
    assertThatThrownBy(() -> FederationFile.read(file))
        .isInstanceOf(CommandFailedException.class)
        .hasMessageStartingWith("--federation: " + file + ": ");
  }

  @Test
  void depthIsNoCrash() throws IOException {
    Path file = write("[".repeat(100_000));
    assertThatThrownBy(() -> FederationFile.read(file)).isInstanceOf(CommandFailedException.class);
  }

  private Path write(String text) throws IOException {
    return Files.writeString(directory.resolve("federation.yaml"), text);
  }
}
