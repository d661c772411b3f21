package io.mooring.xds.explain;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * One choice on the way of a call. Immutable.
 *
 * @param stage what is chosen
 * @param chosen what was chosen; empty where nothing fits
 * @param rejected what was passed over, and why
 */
public record Step(Stage stage, List<String> chosen, List<Rejection> rejected) {

  public Step {
    requireNonNull(stage, "stage");
    chosen = List.copyOf(chosen);
    rejected = List.copyOf(rejected);
  }

  /** What is chosen, in the order of the way. */
  public enum Stage {
    /** Of the services that have the host, the one that the proxy sees. */
    SERVICE,
    /** The listener that accepts the connection. */
    LISTENER,
    /** The route that a request without any special property takes. */
    ROUTE,
    /** The clusters that the route leads to. */
    CLUSTER,
    /** The endpoints that the clusters have. */
    ENDPOINT
  }

  /**
   * Something that was passed over. Immutable.
   *
   * @param candidate what
   * @param reason why
   */
  public record Rejection(String candidate, String reason) {
    public Rejection {
      requireNonNull(candidate, "candidate");
      requireNonNull(reason, "reason");
    }
  }

  static Step of(Stage stage, List<String> chosen, List<Rejection> rejected) {
    return new Step(stage, chosen, rejected);
  }
}
