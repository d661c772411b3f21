package io.mooring.xds.translate.route;

import com.google.protobuf.ByteString;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.route.v3.DirectResponseAction;
import io.envoyproxy.envoy.config.route.v3.RedirectAction;
import io.mooring.model.networking.HttpDirectResponse;
import io.mooring.model.networking.HttpRedirect;
import java.util.Base64;

/** Translates rules that the proxy answers by itself: redirects and fixed responses. */
final class Redirects {

  private static final String MATCHED_PREFIX = "%PREFIX()%";

  private Redirects() {}

  /**
   * Returns the redirect.
   *
   * @param port the port of the listener, for a redirect that keeps it
   */
  static RedirectAction of(HttpRedirect redirect, int port) {
    RedirectAction.Builder action =
        RedirectAction.newBuilder()
            .setHostRedirect(redirect.authority())
            .setResponseCode(code(redirect.redirectCode()));
    if (redirect.uri().startsWith(MATCHED_PREFIX)) {
      action.setPrefixRewrite(redirect.uri().substring(MATCHED_PREFIX.length()));
    } else if (!redirect.uri().isEmpty()) {
      action.setPathRedirect(redirect.uri());
    } else if (!redirect.prefixRewrite().isEmpty()) {
      action.setPrefixRewrite(redirect.prefixRewrite());
    }
    if (!redirect.scheme().isEmpty()) {
      action.setSchemeRedirect(redirect.scheme());
    }
    redirect.port().ifPresent(action::setPortRedirect);
    boolean keepsPort =
        redirect
            .derivePort()
            .map(derive -> derive == HttpRedirect.DerivePort.FROM_REQUEST_PORT)
            .orElse(false);
    if (keepsPort && !isDefault(redirect.scheme(), port)) {
      action.setPortRedirect(port);
    }
    return action.build();
  }

  /** Returns the fixed response. */
  static DirectResponseAction of(HttpDirectResponse response) {
    DirectResponseAction.Builder action =
        DirectResponseAction.newBuilder().setStatus(response.status());
    response
        .body()
        .ifPresent(
            body -> {
              body.string()
                  .ifPresent(text -> action.setBody(DataSource.newBuilder().setInlineString(text)));
              body.bytes()
                  .ifPresent(
                      bytes ->
                          action.setBody(
                              DataSource.newBuilder()
                                  .setInlineBytes(
                                      ByteString.copyFrom(Base64.getDecoder().decode(bytes)))));
            });
    return action.build();
  }

  private static boolean isDefault(String scheme, int port) {
    return scheme.equals("https") ? port == 443 : port == 80;
  }

  private static RedirectAction.RedirectResponseCode code(int status) {
    return switch (status) {
      case 302 -> RedirectAction.RedirectResponseCode.FOUND;
      case 303 -> RedirectAction.RedirectResponseCode.SEE_OTHER;
      case 307 -> RedirectAction.RedirectResponseCode.TEMPORARY_REDIRECT;
      case 308 -> RedirectAction.RedirectResponseCode.PERMANENT_REDIRECT;
      default -> RedirectAction.RedirectResponseCode.MOVED_PERMANENTLY;
    };
  }
}
