package io.mooring.xds.explain;

import static java.util.Objects.requireNonNull;

import io.mooring.registry.RegistrySnapshot;
import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.resource.ResourceSet;
import java.util.List;
import java.util.Locale;

/**
 * The way of a call from one proxy to a host and port, step by step. Immutable.
 *
 * @param from the id of the proxy's node
 * @param to {@code host:port}
 * @param reachable whether the call arrives, as far as the configuration decides it
 * @param verdict what happens, for people
 * @param steps the choices up to the end, or up to where nothing was left to choose
 */
public record Explanation(
    String from, String to, boolean reachable, String verdict, List<Step> steps) {

  public Explanation {
    requireNonNull(from, "from");
    requireNonNull(to, "to");
    requireNonNull(verdict, "verdict");
    steps = List.copyOf(steps);
  }

  /**
   * Explains a call by what was generated for the proxy; the registry says who else might have
   * answered, and why not. Pure.
   *
   * @param snapshot what {@code resources} were generated from
   * @param node the proxy
   * @param resources what it got
   * @param host a full or short name, or an IP
   * @param port the port that the application calls
   */
  public static Explanation of(
      RegistrySnapshot snapshot, ProxyNode node, ResourceSet resources, String host, int port) {
    return new Way(snapshot, node, resources, host, port).explain();
  }

  /** Returns the steps as indented lines, the verdict last. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append("from ").append(from).append(" to ").append(to).append('\n');
    for (Step step : steps) {
      String stage = step.stage().name().toLowerCase(Locale.ROOT);
      for (String chosen : step.chosen()) {
        text.append(stage).append(": ").append(chosen).append('\n');
      }
      if (step.chosen().isEmpty()) {
        text.append(stage).append(": none\n");
      }
      for (Step.Rejection rejection : step.rejected()) {
        text.append("  not ").append(rejection.candidate()).append(": ");
        text.append(rejection.reason()).append('\n');
      }
    }
    return text.append(reachable ? "reachable: " : "unreachable: ").append(verdict).toString();
  }
}
