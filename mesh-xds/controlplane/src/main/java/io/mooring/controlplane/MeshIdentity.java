package io.mooring.controlplane;

import io.mooring.identity.TrustBundle;
import io.mooring.identity.WorkloadGroups;
import io.mooring.identity.X509Svid;
import io.mooring.identity.attest.jointoken.JoinTokenAttestor;
import io.mooring.identity.attest.jointoken.JoinTokenStore;
import io.mooring.identity.ca.CertificateAuthority;
import io.mooring.identity.ca.LocalCertificateAuthority;
import io.mooring.identity.issue.LifetimePolicy;
import io.mooring.identity.issue.ServerSvid;
import io.mooring.identity.issue.SvidIssuer;
import io.mooring.identity.server.CertificateService;
import io.mooring.identity.server.TrustBundleService;
import io.mooring.model.spiffe.SpiffeId;
import io.mooring.registry.MeshSettings;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;

/**
 * The identity side of a control plane: its CA, its join tokens and its own certificate.
 * Thread-safe.
 */
final class MeshIdentity {

  private static final String SERVICE_ACCOUNT = "mooring";

  private final CertificateAuthority authority;
  private final JoinTokenStore tokens;
  private final ServerSvid own;
  private final SpiffeId id;
  private final LifetimePolicy lifetimes;
  private final InstantSource clock;

  private MeshIdentity(
      CertificateAuthority authority,
      JoinTokenStore tokens,
      ServerSvid own,
      SpiffeId id,
      LifetimePolicy lifetimes,
      InstantSource clock) {
    this.authority = authority;
    this.tokens = tokens;
    this.own = own;
    this.id = id;
    this.lifetimes = lifetimes;
    this.clock = clock;
  }

  /**
   * Opens what the data directory holds, and makes it on the first start.
   *
   * @param hosts names and IPs under which the control plane is called
   */
  static MeshIdentity open(
      DataDirectory data,
      MeshSettings settings,
      List<String> hosts,
      LifetimePolicy lifetimes,
      InstantSource clock)
      throws IOException {
    SecureRandom random = new SecureRandom();
    CertificateAuthority authority =
        LocalCertificateAuthority.open(data.resolve("ca"), settings.trustDomain(), clock, random);
    SpiffeId id = settings.trustDomain().workload(settings.rootNamespace(), SERVICE_ACCOUNT);
    return new MeshIdentity(
        authority,
        JoinTokenStore.open(data.resolve("tokens"), clock, random),
        new ServerSvid(authority, id, hosts, LifetimePolicy.DEFAULT, clock, random),
        id,
        lifetimes,
        clock);
  }

  SpiffeId id() {
    return id;
  }

  TrustBundle trustBundle() {
    return authority.trustBundle();
  }

  X509Svid ownSvid() {
    return own.current();
  }

  JoinTokenStore tokens() {
    return tokens;
  }

  /** Returns the service that tells agents of new roots. */
  TrustBundleService trustBundleService() {
    return new TrustBundleService(authority::trustBundle);
  }

  /** Returns the service that issues certificates to members of {@code groups}. */
  CertificateService certificateService(WorkloadGroups groups) {
    return new CertificateService(
        SvidIssuer.builder(authority, groups, id)
            .attestor(new JoinTokenAttestor(tokens, clock))
            .lifetimes(lifetimes)
            .clock(clock)
            .build());
  }
}
