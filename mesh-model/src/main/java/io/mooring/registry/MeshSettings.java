package io.mooring.registry;

import static java.util.Objects.requireNonNull;

import io.mooring.model.spiffe.TrustDomain;

/**
 * What holds for the whole mesh. Immutable.
 *
 * @param trustDomain the domain of every identity
 * @param rootNamespace where mesh-wide policies live
 * @param clusterDomain suffix of Kubernetes Service hosts: {@code name.namespace.svc.clusterDomain}
 */
public record MeshSettings(TrustDomain trustDomain, String rootNamespace, String clusterDomain) {

  /** Istio's defaults: {@code cluster.local} and {@code istio-system}. */
  public static final MeshSettings DEFAULTS = of(new TrustDomain("cluster.local"));

  public MeshSettings {
    requireNonNull(trustDomain, "trustDomain");
    requireNonNull(rootNamespace, "rootNamespace");
    requireNonNull(clusterDomain, "clusterDomain");
  }

  /** Returns the defaults with this trust domain. */
  public static MeshSettings of(TrustDomain trustDomain) {
    return new MeshSettings(trustDomain, "istio-system", "cluster.local");
  }
}
