package io.mooring.xds.translate.route;

import io.mooring.service.MeshService;
import java.util.ArrayList;
import java.util.List;

/** Which values of a Host header mean a service, seen from one DNS domain. */
public final class HostDomains {

  private static final String SERVICE_ZONE = ".svc.";

  private HostDomains() {}

  /**
   * Returns the domains of a service: its host, the short names that resolve to it from {@code
   * dnsDomain}, and its virtual IPs.
   *
   * @param dnsDomain DNS search domain of the proxy, e.g. {@code demo.svc.cluster.local}
   */
  public static List<String> of(MeshService service, String dnsDomain) {
    List<String> domains = of(service.host(), dnsDomain);
    for (String address : service.addresses()) {
      if (!address.contains("/")) {
        domains.add(address.contains(":") ? "[" + address + "]" : address);
      }
    }
    return domains;
  }

  /**
   * Returns the host, also as an absolute DNS name, and the short names that resolve to it from
   * {@code dnsDomain}: a host of another DNS suffix has none.
   */
  public static List<String> of(String host, String dnsDomain) {
    List<String> domains = new ArrayList<>();
    domains.add(host);
    if (isQualified(host)) {
      domains.add(host + ".");
    }
    int zone = host.indexOf(SERVICE_ZONE);
    int ownZone = dnsDomain.indexOf(SERVICE_ZONE);
    int dot = host.indexOf('.');
    if (zone > dot
        && ownZone > 0
        && host.substring(zone).equals(dnsDomain.substring(ownZone))
        && !host.startsWith("*")) {
      String name = host.substring(0, zone);
      if (name.substring(dot + 1).equals(dnsDomain.substring(0, ownZone))) {
        domains.add(name.substring(0, dot));
      }
      domains.add(name);
      domains.add(name + ".svc");
    }
    return domains;
  }

  /** Returns whether it is a DNS name of several labels, not an IP and not yet absolute. */
  private static boolean isQualified(String host) {
    boolean ip =
        host.contains(":")
            || host.chars().allMatch(letter -> letter == '.' || Character.isDigit(letter));
    return !ip && host.contains(".") && !host.endsWith(".");
  }
}
