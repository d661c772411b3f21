package io.mooring.testkit.traffic;

import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Finds the virtual host and the route of a request. */
final class RouteTable {

  private final RouteConfiguration configuration;

  RouteTable(RouteConfiguration configuration) {
    this.configuration = configuration;
  }

  /**
   * Returns the virtual host whose domain matches best: exact, then the longest {@code *.suffix},
   * then the longest {@code prefix.*}, then {@code *}.
   */
  Optional<VirtualHost> virtualHost(TrafficRequest request) {
    String host = request.authority().toLowerCase(Locale.ROOT);
    if (configuration.getIgnorePortInHostMatching()) {
      host = host.replaceFirst(":\\d+$", "");
    }
    return bestOf(configuration.getVirtualHostsList(), host);
  }

  private static Optional<VirtualHost> bestOf(List<VirtualHost> virtualHosts, String host) {
    record Candidate(VirtualHost virtualHost, int rank) {}
    return virtualHosts.stream()
        .flatMap(
            virtualHost ->
                virtualHost.getDomainsList().stream()
                    .map(domain -> new Candidate(virtualHost, rank(domain, host))))
        .filter(candidate -> candidate.rank() > 0)
        .max(Comparator.comparingInt(Candidate::rank))
        .map(Candidate::virtualHost);
  }

  private static int rank(String pattern, String host) {
    String domain = pattern.toLowerCase(Locale.ROOT);
    if (domain.equals("*")) {
      return 1;
    }
    boolean longer = host.length() >= domain.length();
    if (domain.startsWith("*")) {
      return longer && host.endsWith(domain.substring(1)) ? 2_000 + domain.length() : 0;
    }
    if (domain.endsWith("*")) {
      return longer && host.startsWith(domain.substring(0, domain.length() - 1))
          ? 1_000 + domain.length()
          : 0;
    }
    return domain.equals(host) ? 4_000 : 0;
  }

  /** Returns the first route that matches. */
  static Optional<Route> route(VirtualHost virtualHost, TrafficRequest request) {
    return virtualHost.getRoutesList().stream()
        .filter(route -> matches(route.getMatch(), request))
        .findFirst();
  }

  private static boolean matches(RouteMatch match, TrafficRequest request) {
    if (match.hasRuntimeFraction() || match.hasGrpc() || match.getDynamicMetadataCount() > 0) {
      throw new UnsupportedConfigurationException(
          "route match", "runtime_fraction, grpc or dynamic_metadata");
    }
    return pathMatches(match, request.pathOnly())
        && match.getHeadersList().stream().allMatch(header -> Matchers.matches(header, request))
        && match.getQueryParametersList().stream()
            .allMatch(parameter -> Matchers.matches(parameter, request));
  }

  private static boolean pathMatches(RouteMatch match, String requested) {
    boolean ignoreCase = match.hasCaseSensitive() && !match.getCaseSensitive().getValue();
    String path = ignoreCase ? requested.toLowerCase(Locale.ROOT) : requested;
    return switch (match.getPathSpecifierCase()) {
      case PREFIX -> path.startsWith(fold(match.getPrefix(), ignoreCase));
      case PATH -> path.equals(fold(match.getPath(), ignoreCase));
      case PATH_SEPARATED_PREFIX -> {
        String prefix = fold(match.getPathSeparatedPrefix(), ignoreCase);
        yield path.equals(prefix) || path.startsWith(prefix + "/");
      }
      case SAFE_REGEX -> Matchers.matchesWhole(match.getSafeRegex().getRegex(), requested);
      case CONNECT_MATCHER -> false;
      case PATH_MATCH_POLICY, PATHSPECIFIER_NOT_SET ->
          throw new UnsupportedConfigurationException(
              "route match", match.getPathSpecifierCase().name());
    };
  }

  private static String fold(String text, boolean ignoreCase) {
    return ignoreCase ? text.toLowerCase(Locale.ROOT) : text;
  }
}
