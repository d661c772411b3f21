package io.mooring.service;

import static java.util.Objects.requireNonNull;

import java.util.Locale;

/**
 * Names one service: its host in one namespace. Immutable; ordered by host, then namespace, then
 * audience.
 *
 * <p>Objects of one namespace that export one host to different namespaces make a service each. The
 * first of them has the empty audience, and so has the only one of nearly every host.
 *
 * @param host lower-case DNS name, the left-most label may be {@code *}
 * @param namespace namespace of the object that defines it
 * @param audience the namespaces that see it, in order and separated by commas, where it is not the
 *     first of its host and namespace; else empty
 */
public record ServiceKey(String host, String namespace, String audience)
    implements Comparable<ServiceKey> {

  public ServiceKey {
    requireNonNull(host, "host");
    requireNonNull(namespace, "namespace");
    requireNonNull(audience, "audience");
  }

  /** Creates the key of the first service of a host in one namespace. */
  public ServiceKey(String host, String namespace) {
    this(host, namespace, "");
  }

  /** Returns the key of the Kubernetes Service of this name. */
  public static ServiceKey ofKubernetes(String namespace, String name, String clusterDomain) {
    String host = name + "." + namespace + ".svc." + clusterDomain;
    return new ServiceKey(host.toLowerCase(Locale.ROOT), namespace);
  }

  /** Returns the key of the first service of this host and namespace. */
  public ServiceKey first() {
    return audience.isEmpty() ? this : new ServiceKey(host, namespace);
  }

  @Override
  public int compareTo(ServiceKey other) {
    int byHost = host.compareTo(other.host);
    if (byHost != 0) {
      return byHost;
    }
    int byNamespace = namespace.compareTo(other.namespace);
    return byNamespace != 0 ? byNamespace : audience.compareTo(other.audience);
  }

  @Override
  public String toString() {
    String name = namespace + "/" + host;
    return audience.isEmpty() ? name : name + " for " + audience;
  }
}
