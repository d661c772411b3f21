package io.mooring.xds.translate.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.route.v3.RedirectAction;
import io.mooring.model.networking.HttpRedirect;
import org.junit.jupiter.api.Test;

/** What of a URL a redirect changes. */
class RedirectsTest {

  @Test
  void prefixThatMatchedIsReplacedAndTheRestOfThePathStays() {
    RedirectAction action =
        Redirects.of(HttpRedirect.builder().authority("new.org").prefixRewrite("/v2/").build(), 80);

    assertThat(action.getPrefixRewrite()).isEqualTo("/v2/");
    assertThat(action.getPathRedirect()).isEmpty();
    assertThat(action.getHostRedirect()).isEqualTo("new.org");
  }

  @Test
  void pathIsReplacedAsAWhole() {
    RedirectAction action = Redirects.of(HttpRedirect.builder().uri("/v2").build(), 80);

    assertThat(action.getPathRedirect()).isEqualTo("/v2");
    assertThat(action.getPrefixRewrite()).isEmpty();
  }

  @Test
  void nothingIsReplacedUnasked() {
    RedirectAction action = Redirects.of(HttpRedirect.builder().scheme("https").build(), 80);

    assertThat(action.getPathRewriteSpecifierCase())
        .isEqualTo(RedirectAction.PathRewriteSpecifierCase.PATHREWRITESPECIFIER_NOT_SET);
  }
}
