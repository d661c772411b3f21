package io.mooring.testkit.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.controlplane.MeshControlPlane;
import io.mooring.identity.BundleSet;
import io.mooring.identity.JwtSvid;
import io.mooring.identity.JwtSvidVerifier;
import io.mooring.identity.agent.VmAgent;
import io.mooring.identity.bootstrap.BootstrapWriter;
import io.mooring.identity.bundle.EndpointProfile;
import io.mooring.identity.bundle.FederatedDomain;
import io.mooring.identity.bundle.Federation;
import io.mooring.identity.ca.JwtSvidTemplate;
import io.mooring.model.Metadata;
import io.mooring.model.networking.WorkloadEntrySpec;
import io.mooring.model.networking.WorkloadGroup;
import io.mooring.model.networking.WorkloadGroupSpec;
import io.mooring.model.spiffe.TrustDomain;
import io.mooring.registry.memory.MemorySource;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One mesh accepts the identities of another one. */
class FederatedMeshesTest {

  @TempDir private Path directory;

  @Test
  void bundleOfAnotherMeshReachesARunningVm() throws Exception {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    TrustDomain shop = new TrustDomain("shop.example");
    MemorySource groups = new MemorySource();
    groups.put(
        WorkloadGroup.builder()
            .metadata(Metadata.of("demo", "web"))
            .spec(
                WorkloadGroupSpec.builder()
                    .template(WorkloadEntrySpec.builder().serviceAccount("web").build())
                    .build())
            .build());
    try (MeshControlPlane other =
            MeshControlPlane.builder()
                .trustDomain(shop)
                .dataDirectory(directory.resolve("other"))
                .listen(any)
                .bundleEndpoint(any)
                .start();
        MeshControlPlane mesh =
            MeshControlPlane.builder()
                .source(groups)
                .dataDirectory(directory.resolve("data"))
                .listen(any)
                .federate(
                    new FederatedDomain(
                        shop,
                        URI.create(
                            "https://127.0.0.1:"
                                + other.bundleEndpointAddress().orElseThrow().getPort()
                                + "/"),
                        new EndpointProfile.Spiffe(other.id(), other.trustBundle())))
                .start()) {
      Path bundle = directory.resolve("bundle");
      BootstrapWriter.write(mesh.bundle("demo", "web").build(), bundle);
      try (VmAgent agent = VmAgent.builder().bundle(bundle).start()) {
        Path saved = bundle.resolve("state/federated.json");
        await()
            .atMost(Duration.ofSeconds(30))
            .ignoreExceptions()
            .untilAsserted(
                () ->
                    assertThat(BundleSet.parseJson(Files.readString(saved)).find(shop))
                        .hasValueSatisfying(
                            theirs ->
                                assertThat(theirs.hasSameKeys(other.trustBundle())).isTrue()));
        assertThat(agent.spiffeId().trustDomain()).isNotEqualTo(shop);
      }
    }
  }

  @Test
  @Tag("FE-10")
  @Tag("FE-32")
  void tokenOfAnotherMeshIsAcceptedByItsPublishedBundle() throws Exception {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    TrustDomain shop = new TrustDomain("shop.example");
    try (MeshControlPlane mesh =
        MeshControlPlane.builder()
            .trustDomain(shop)
            .dataDirectory(directory.resolve("data"))
            .listen(any)
            .bundleEndpoint(any)
            .start()) {
      InetSocketAddress endpoint = mesh.bundleEndpointAddress().orElseThrow();
      URI url = URI.create("https://127.0.0.1:" + endpoint.getPort() + "/");
      FederatedDomain domain =
          new FederatedDomain(shop, url, new EndpointProfile.Spiffe(mesh.id(), mesh.trustBundle()));
      try (Federation federation =
          Federation.builder(directory.resolve("federation"), List.of(domain)).start()) {
        await()
            .atMost(Duration.ofSeconds(30))
            .until(() -> !federation.bundles().equals(BundleSet.EMPTY));
        JwtSvid token =
            mesh.certificateAuthority()
                .mint(
                    JwtSvidTemplate.builder()
                        .id(shop.workload("demo", "ratings"))
                        .addAudience("db")
                        .build());
        JwtSvidVerifier verifier = new JwtSvidVerifier(federation::bundles, InstantSource.system());
        assertThat(verifier.verify(token.reveal(), "db").id()).isEqualTo(token.id());
      }
    }
  }
}
