package io.mooring.xds.protocol;

import static io.mooring.xds.resource.XdsType.CLUSTER;
import static io.mooring.xds.resource.XdsType.ENDPOINT;
import static io.mooring.xds.resource.XdsType.EXTENSION_CONFIG;
import static io.mooring.xds.resource.XdsType.LISTENER;
import static io.mooring.xds.resource.XdsType.ROUTE;
import static io.mooring.xds.resource.XdsType.RUNTIME;
import static io.mooring.xds.resource.XdsType.SCOPED_ROUTE;
import static io.mooring.xds.resource.XdsType.SECRET;
import static io.mooring.xds.resource.XdsType.VIRTUAL_HOST;

import io.mooring.xds.resource.XdsType;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What the protocol says of each resource type, as data. */
final class TypeRules {

  private static final List<XdsType> SENDING_ORDER =
      List.of(
          CLUSTER,
          ENDPOINT,
          LISTENER,
          SCOPED_ROUTE,
          ROUTE,
          VIRTUAL_HOST,
          SECRET,
          EXTENSION_CONFIG,
          RUNTIME);

  /** Asked several times for every response. */
  private static final Map<XdsType, Integer> RANK_BY_TYPE =
      IntStream.range(0, SENDING_ORDER.size())
          .boxed()
          .collect(Collectors.toUnmodifiableMap(SENDING_ORDER::get, rank -> rank));

  /** Make before break: clusters first, what refers to them later; unknown types last, by URL. */
  static final Comparator<XdsType> BY_SENDING_ORDER =
      Comparator.comparingInt(TypeRules::rank).thenComparing(Comparator.naturalOrder());

  /** Types that name clusters: what they refer to must be there first, and go last. */
  private static final Set<XdsType> NAMING_CLUSTERS =
      Set.of(LISTENER, SCOPED_ROUTE, ROUTE, VIRTUAL_HOST, EXTENSION_CONFIG);

  /**
   * From a type to those that may refer to it: it is removed after they have changed. Nothing
   * refers to a listener, so that its removal goes out with the addition of its successor: Envoy
   * refuses two listeners of one address.
   */
  private static final Map<XdsType, Set<XdsType>> REFERRERS =
      Map.of(
          CLUSTER,
          NAMING_CLUSTERS,
          ENDPOINT,
          Set.of(CLUSTER, LISTENER, SCOPED_ROUTE, ROUTE, VIRTUAL_HOST, EXTENSION_CONFIG),
          ROUTE,
          Set.of(LISTENER, SCOPED_ROUTE),
          VIRTUAL_HOST,
          Set.of(ROUTE),
          SECRET,
          Set.of(CLUSTER, LISTENER),
          EXTENSION_CONFIG,
          Set.of(LISTENER));

  /**
   * Types that clients ask for by name. An empty first request is no wildcard, and a state-of-the-
   * world response need not hold them all.
   */
  private static final Set<XdsType> BY_NAME =
      Set.of(ENDPOINT, ROUTE, VIRTUAL_HOST, SECRET, EXTENSION_CONFIG, RUNTIME);

  /** Types whose first request, if it names nothing, waits for an answer, be it empty. */
  private static final Set<XdsType> ANSWERED_EMPTY =
      Set.of(CLUSTER, LISTENER, SCOPED_ROUTE, VIRTUAL_HOST);

  private TypeRules() {}

  static Set<XdsType> referrers(XdsType type) {
    return REFERRERS.getOrDefault(type, Set.of());
  }

  static boolean namesClusters(XdsType type) {
    return NAMING_CLUSTERS.contains(type);
  }

  static boolean isByName(XdsType type) {
    return BY_NAME.contains(type);
  }

  static boolean isAnsweredEmpty(XdsType type) {
    return ANSWERED_EMPTY.contains(type);
  }

  /** Whether clients find the request that waits for a resource by the very name it asked for. */
  static boolean answersNames(XdsType type) {
    return type.equals(VIRTUAL_HOST);
  }

  private static int rank(XdsType type) {
    return RANK_BY_TYPE.getOrDefault(type, SENDING_ORDER.size());
  }
}
