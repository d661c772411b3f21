package io.mooring.xds.translate.listener;

import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.node.ProxyNode.Capture;
import java.util.List;

/**
 * How a proxy is reached, reduced to what makes listeners differ: proxies of one kind share theirs.
 * Immutable.
 *
 * @param capture how traffic reaches the proxy
 * @param ipv4 whether it has an IPv4 address
 * @param ipv6 whether it has an IPv6 address
 * @param bindAddress where outbound listeners bind without capture; {@code ""} with capture
 * @param meshDns whether clients ask the mesh's DNS: only then do they know the virtual IPs that
 *     the registry gave to hosts without one
 */
public record ListenerAddressing(
    Capture capture, boolean ipv4, boolean ipv6, String bindAddress, boolean meshDns) {

  /** Returns what {@code node} says; a node without addresses counts as one with IPv4. */
  public static ListenerAddressing of(ProxyNode node) {
    boolean ipv6 = node.addresses().stream().anyMatch(ListenerAddressing::isIpv6);
    boolean ipv4 =
        node.addresses().isEmpty()
            || !node.addresses().stream().allMatch(ListenerAddressing::isIpv6);
    return new ListenerAddressing(
        node.capture(),
        ipv4,
        ipv6,
        node.capture() == Capture.NONE ? node.bindAddress() : "",
        node.capture() != Capture.NONE && node.resolvesByMeshDns());
  }

  boolean isCaptured() {
    return capture != Capture.NONE;
  }

  /** Returns whether the proxy has an address of the same family. */
  boolean speaks(String address) {
    return isIpv6(address) ? ipv6 : ipv4;
  }

  /** Returns the addresses that stand for "any", the primary one first; never empty. */
  List<String> wildcards() {
    if (!ipv6) {
      return List.of("0.0.0.0");
    }
    return ipv4 ? List.of("0.0.0.0", "::") : List.of("::");
  }

  static boolean isIpv6(String address) {
    return address.indexOf(':') >= 0;
  }
}
