package io.mooring.model.validation;

import io.mooring.model.networking.Destination;
import io.mooring.model.networking.RouteDestination;
import java.util.List;

/** Rules of the destinations of routes of every protocol. */
final class RouteDestinationRules {

  private RouteDestinationRules() {}

  static void check(Destination destination, FieldPath path, Violations violations) {
    if (destination.host().isEmpty()) {
      violations.missing(path.field("host"), "a service");
    } else if (destination.host().equals("*") || !Names.isWildcardHost(destination.host())) {
      violations.error(path.field("host"), destination.host(), Names.HOST);
    } else if (destination.host().startsWith("*")) {
      violations.warning(
          path.field("host"),
          destination.host(),
          Quoted.value(destination.host()) + ": only a service of exactly this name is meant");
    }
    if (!destination.subset().isEmpty() && !Names.isLabel(destination.subset())) {
      violations.error(path.field("subset"), destination.subset(), Names.LABEL);
    }
    destination
        .port()
        .ifPresent(port -> violations.port(path.field("port").field("number"), port.number()));
  }

  static void checkAll(List<RouteDestination> routes, FieldPath path, Violations violations) {
    if (routes.isEmpty()) {
      violations.missing(path, "at least one destination");
    }
    for (int i = 0; i < routes.size(); i++) {
      check(routes.get(i).destination(), path.index(i).field("destination"), violations);
    }
    checkWeights(routes.stream().map(RouteDestination::weight).toList(), path, violations);
  }

  /** Weights are relative; several that are all 0 leave nobody to choose. */
  static void checkWeights(List<Integer> weights, FieldPath path, Violations violations) {
    long sum = 0;
    for (int i = 0; i < weights.size(); i++) {
      if (weights.get(i) < 0) {
        violations.error(path.index(i).field("weight"), weights.get(i), "0 or more");
      } else {
        sum += weights.get(i);
      }
    }
    if (weights.size() > 1 && sum == 0) {
      violations.conflict(path, "the sum of all weights is 0 (expected: more)");
    } else if (sum > 4_294_967_295L) { // Envoy: uint32
      violations.conflict(
          path, "the sum of all weights is " + sum + " (expected: at most 4294967295)");
    }
  }
}
