package io.mooring.service;

import java.util.Locale;

/** How configuration objects spell the hosts of services. */
public final class HostNames {

  private HostNames() {}

  /**
   * Returns the full name of a host: one without a dot is a Kubernetes Service of {@code
   * namespace}; lower case.
   */
  public static String complete(String host, String namespace, String clusterDomain) {
    boolean isShort = !host.isEmpty() && host.indexOf('.') < 0 && host.indexOf('*') < 0;
    String full = isShort ? host + "." + namespace + ".svc." + clusterDomain : host;
    return full.toLowerCase(Locale.ROOT);
  }

  /**
   * Returns the next wider pattern that covers {@code pattern}: {@code a.b.c}, {@code *.b.c},
   * {@code *.c}, {@code *}; the last one is its own.
   */
  public static String widen(String pattern) {
    int dot = pattern.indexOf('.', pattern.startsWith("*.") ? 2 : 0);
    return dot < 0 ? "*" : "*" + pattern.substring(dot);
  }
}
