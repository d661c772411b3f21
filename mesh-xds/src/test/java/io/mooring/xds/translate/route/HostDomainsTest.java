package io.mooring.xds.translate.route;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostDomainsTest {

  private static final String DEMO = "demo.svc.cluster.local";

  @Test
  void hostOfAnotherDnsSuffixHasNoShortNames() {
    assertThat(HostDomains.of("reviews.demo.svc.clusterset.local", DEMO))
        .containsExactly("reviews.demo.svc.clusterset.local", "reviews.demo.svc.clusterset.local.");
  }

  @Test
  void serviceOfTheSameNamespaceHasAllShortNames() {
    assertThat(HostDomains.of("reviews.demo.svc.cluster.local", DEMO))
        .containsExactly(
            "reviews.demo.svc.cluster.local",
            "reviews.demo.svc.cluster.local.",
            "reviews",
            "reviews.demo",
            "reviews.demo.svc");
  }

  @Test
  void serviceOfAnotherNamespaceIsNotCalledByItsNameAlone() {
    assertThat(HostDomains.of("reviews.shop.svc.cluster.local", DEMO))
        .containsExactly(
            "reviews.shop.svc.cluster.local",
            "reviews.shop.svc.cluster.local.",
            "reviews.shop",
            "reviews.shop.svc");
  }

  @Test
  void wildcardIsAbsoluteTooButHasNoShortNames() {
    assertThat(HostDomains.of("*.demo.svc.cluster.local", DEMO))
        .containsExactly("*.demo.svc.cluster.local", "*.demo.svc.cluster.local.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.1", "2001:db8::1", "::ffff:10.0.0.1", "legacy", "*", "a.x."})
  void whatIsNoQualifiedNameHasNoAbsoluteForm(String host) {
    assertThat(HostDomains.of(host, DEMO)).containsExactly(host);
  }
}
