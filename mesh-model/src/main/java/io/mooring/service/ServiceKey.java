package io.mooring.service;

import static java.util.Objects.requireNonNull;

import java.util.Locale;

/**
 * Names one service: its host in one namespace. Immutable; ordered by host, then namespace.
 *
 * @param host lower-case DNS name, the left-most label may be {@code *}
 * @param namespace namespace of the object that defines it
 */
public record ServiceKey(String host, String namespace) implements Comparable<ServiceKey> {

  public ServiceKey {
    requireNonNull(host, "host");
    requireNonNull(namespace, "namespace");
  }

  /** Returns the key of the Kubernetes Service of this name. */
  public static ServiceKey ofKubernetes(String namespace, String name, String clusterDomain) {
    String host = name + "." + namespace + ".svc." + clusterDomain;
    return new ServiceKey(host.toLowerCase(Locale.ROOT), namespace);
  }

  @Override
  public int compareTo(ServiceKey other) {
    int byHost = host.compareTo(other.host);
    return byHost != 0 ? byHost : namespace.compareTo(other.namespace);
  }

  @Override
  public String toString() {
    return namespace + "/" + host;
  }
}
