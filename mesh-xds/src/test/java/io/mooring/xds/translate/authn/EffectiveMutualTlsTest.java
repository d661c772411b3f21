package io.mooring.xds.translate.authn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.model.LabelSelector;
import io.mooring.model.Metadata;
import io.mooring.model.security.PeerAuthentication;
import io.mooring.model.security.PeerAuthenticationSpec;
import io.mooring.model.security.PeerAuthenticationSpec.Mode;
import io.mooring.model.security.PeerAuthenticationSpec.MutualTls;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EffectiveMutualTlsTest {

  private static final String ROOT = "istio-system";
  private static final Map<String, String> RATINGS = Map.of("app", "ratings", "version", "v1");

  @Test
  void unsetIsRefused() {
    assertThatThrownBy(() -> new EffectiveMutualTls(Mode.UNSET, new TreeMap<>()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("UNSET");
    assertThatThrownBy(
            () -> new EffectiveMutualTls(Mode.STRICT, new TreeMap<>(Map.of(1, Mode.UNSET))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void nothingConfiguredIsPermissive() {
    assertThat(effective()).isEqualTo(EffectiveMutualTls.DEFAULT);
    assertThat(effective().mode(80)).isEqualTo(Mode.PERMISSIVE);
  }

  @Test
  void policiesOfOtherNamespacesDoNotCount() {
    assertThat(effective(whole("other", Mode.STRICT)).workload()).isEqualTo(Mode.PERMISSIVE);
  }

  @Test
  void narrowerLevelWins() {
    PeerAuthentication mesh = whole(ROOT, Mode.STRICT);
    PeerAuthentication namespace = whole("demo", Mode.DISABLE);
    PeerAuthentication workload = selecting("demo", Map.of("app", "ratings"), Mode.PERMISSIVE);

    assertThat(effective(mesh).workload()).isEqualTo(Mode.STRICT);
    assertThat(effective(mesh, namespace).workload()).isEqualTo(Mode.DISABLE);
    assertThat(effective(mesh, namespace, workload).workload()).isEqualTo(Mode.PERMISSIVE);
  }

  @Test
  void unsetInheritsFromTheNextWiderLevel() {
    PeerAuthentication mesh = whole(ROOT, Mode.STRICT);
    PeerAuthentication namespace = whole("demo", Mode.UNSET);
    PeerAuthentication silent = policy("demo", Map.of("app", "ratings"), null, Map.of());

    assertThat(effective(mesh, namespace, silent).workload()).isEqualTo(Mode.STRICT);
  }

  @Test
  void selectorThatDoesNotMatchDoesNotCount() {
    assertThat(effective(selecting("demo", Map.of("app", "reviews"), Mode.STRICT)).workload())
        .isEqualTo(Mode.PERMISSIVE);
  }

  @Test
  void emptySelectorIsTheWholeNamespace() {
    PeerAuthentication whole = policy("demo", Map.of(), Mode.STRICT, Map.of(8080, Mode.DISABLE));

    assertThat(effective(whole).workload()).isEqualTo(Mode.STRICT);
    assertThat(effective(whole).byPort()).isEmpty();
  }

  @Test
  void oldestOfALevelIsTheOnlyOneThatCounts() {
    PeerAuthentication older = selecting("demo", Map.of("app", "ratings"), Mode.STRICT);
    PeerAuthentication younger =
        policy("demo", Map.of("version", "v1"), Mode.DISABLE, Map.of(9, Mode.DISABLE));

    assertThat(effective(older, younger))
        .isEqualTo(new EffectiveMutualTls(Mode.STRICT, new TreeMap<>()));
  }

  @Test
  void portsBeatTheWorkloadAndUnsetPortsInheritFromIt() {
    PeerAuthentication policy =
        policy(
            "demo",
            Map.of("app", "ratings"),
            Mode.STRICT,
            Map.of(8080, Mode.DISABLE, 9090, Mode.UNSET));

    assertThat(effective(policy).mode(8080)).isEqualTo(Mode.DISABLE);
    assertThat(effective(policy).mode(9090)).isEqualTo(Mode.STRICT);
    assertThat(effective(policy).mode(1)).isEqualTo(Mode.STRICT);
  }

  @Test
  void selectorInTheRootNamespaceBindsNobody() {
    PeerAuthentication inRoot = selecting(ROOT, Map.of("app", "ratings"), Mode.STRICT);

    assertThat(effective(inRoot).workload()).isEqualTo(Mode.PERMISSIVE);
    assertThat(PeerAuthenticationIndex.of(List.of(inRoot), ROOT).effective(ROOT, RATINGS))
        .isEqualTo(EffectiveMutualTls.DEFAULT);
  }

  @Test
  void oldestCountsWhicheverLabelItIsFoundBy() {
    PeerAuthentication byApp = selecting("demo", Map.of("app", "ratings"), Mode.STRICT);
    PeerAuthentication byBoth =
        selecting("demo", Map.of("app", "ratings", "version", "v1"), Mode.DISABLE);
    PeerAuthentication other =
        selecting("demo", Map.of("app", "ratings", "version", "v2"), Mode.PERMISSIVE);

    assertThat(effective(other, byBoth, byApp).workload()).isEqualTo(Mode.DISABLE);
    assertThat(effective(other, byApp, byBoth).workload()).isEqualTo(Mode.STRICT);
    assertThat(effective(other, byApp, other, byBoth).workload()).isEqualTo(Mode.STRICT);
  }

  @Test
  void labelsMatterOnlyWhereAPolicyNamesSome() {
    PeerAuthenticationIndex index =
        PeerAuthenticationIndex.of(
            List.of(
                whole("shop", Mode.STRICT),
                selecting("shop", Map.of(), Mode.STRICT),
                selecting("demo", RATINGS, Mode.STRICT)),
            ROOT);

    assertThat(index.selectsByLabel("demo")).isTrue();
    assertThat(index.selectsByLabel("shop")).isFalse();
    assertThat(index.selectsByLabel("empty")).isFalse();
  }

  private static EffectiveMutualTls effective(PeerAuthentication... oldestFirst) {
    return PeerAuthenticationIndex.of(List.of(oldestFirst), ROOT).effective("demo", RATINGS);
  }

  private static PeerAuthentication whole(String namespace, Mode mode) {
    return PeerAuthentication.builder()
        .metadata(Metadata.of(namespace, "default"))
        .spec(PeerAuthenticationSpec.builder().mtls(MutualTls.of(mode)).build())
        .build();
  }

  private static PeerAuthentication selecting(
      String namespace, Map<String, String> labels, Mode mode) {
    return policy(namespace, labels, mode, Map.of());
  }

  private static PeerAuthentication policy(
      String namespace,
      Map<String, String> labels,
      @Nullable Mode mode,
      Map<Integer, Mode> byPort) {
    PeerAuthenticationSpec.Builder spec =
        PeerAuthenticationSpec.builder()
            .selector(LabelSelector.builder().putAllMatchLabels(labels).build());
    if (mode != null) {
      spec.mtls(MutualTls.of(mode));
    }
    byPort.forEach((port, portMode) -> spec.putPortLevelMtls(port, MutualTls.of(portMode)));
    return PeerAuthentication.builder()
        .metadata(Metadata.of(namespace, "policy"))
        .spec(spec.build())
        .build();
  }
}
