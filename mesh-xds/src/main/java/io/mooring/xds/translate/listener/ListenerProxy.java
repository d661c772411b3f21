package io.mooring.xds.translate.listener;

import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.node.ProxyNode.Capture;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What listeners depend on of the proxy that gets them. Immutable.
 *
 * @param namespace of the workload
 * @param labels of the workload
 * @param capture how traffic reaches the proxy
 * @param bindAddress where outbound listeners bind without capture
 * @param addresses IPs of the workload, the primary one first
 */
public record ListenerProxy(
    String namespace,
    SortedMap<String, String> labels,
    Capture capture,
    String bindAddress,
    List<String> addresses) {

  public ListenerProxy {
    labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
    addresses = List.copyOf(addresses);
  }

  /** Returns the proxy with its own labels, as the node says them. */
  public static ListenerProxy of(ProxyNode node) {
    return of(node, node.labels());
  }

  /** Returns the proxy with the labels that the registry knows, which a node cannot claim. */
  public static ListenerProxy of(ProxyNode node, Map<String, String> labels) {
    return new ListenerProxy(
        node.namespace(),
        new TreeMap<>(labels),
        node.capture(),
        node.bindAddress(),
        node.addresses());
  }

  boolean isCaptured() {
    return capture != Capture.NONE;
  }

  /** Returns whether listeners may use this address family. */
  boolean speaks(String address) {
    return isIpv6(address) ? hasIpv6() : hasIpv4();
  }

  /** Returns the addresses that stand for "any", the primary one first; never empty. */
  List<String> wildcards() {
    if (!hasIpv6()) {
      return List.of("0.0.0.0");
    }
    return hasIpv4() ? List.of("0.0.0.0", "::") : List.of("::");
  }

  boolean hasIpv6() {
    return addresses.stream().anyMatch(ListenerProxy::isIpv6);
  }

  private boolean hasIpv4() {
    return addresses.isEmpty() || !addresses.stream().allMatch(ListenerProxy::isIpv6);
  }

  static boolean isIpv6(String address) {
    return address.indexOf(':') >= 0;
  }
}
