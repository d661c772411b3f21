package io.mooring.controlplane;

import io.mooring.identity.BundleSet;
import io.mooring.identity.TrustBundle;
import io.mooring.identity.WorkloadGroups;
import io.mooring.identity.X509Svid;
import io.mooring.identity.attest.jointoken.JoinTokenAttestor;
import io.mooring.identity.attest.jointoken.JoinTokenStore;
import io.mooring.identity.bundle.FederatedDomain;
import io.mooring.identity.bundle.Federation;
import io.mooring.identity.bundle.FederationObserver;
import io.mooring.identity.ca.RotatingCertificateAuthority;
import io.mooring.identity.issue.BanList;
import io.mooring.identity.issue.LifetimePolicy;
import io.mooring.identity.issue.ServerSvid;
import io.mooring.identity.issue.SvidIssuer;
import io.mooring.identity.server.TrustBundleService;
import io.mooring.model.spiffe.SpiffeId;
import io.mooring.model.spiffe.TrustDomain;
import io.mooring.registry.MeshSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/**
 * The identity side of a control plane: its CA, its join tokens and bans, and its own certificate.
 * Thread-safe.
 */
final class MeshIdentity {

  private static final String SERVICE_ACCOUNT = "mooring";

  private final RotatingCertificateAuthority authority;
  private final JoinTokenStore tokens;
  private final BanList bans;
  private final ServerSvid own;
  private final SpiffeId id;
  private final LifetimePolicy lifetimes;
  private final InstantSource clock;
  private final TrustBundleService bundles;
  private volatile BundleSet federated = BundleSet.EMPTY;

  private MeshIdentity(
      RotatingCertificateAuthority authority,
      JoinTokenStore tokens,
      BanList bans,
      ServerSvid own,
      SpiffeId id,
      LifetimePolicy lifetimes,
      InstantSource clock) {
    this.authority = authority;
    this.tokens = tokens;
    this.bans = bans;
    this.own = own;
    this.id = id;
    this.lifetimes = lifetimes;
    this.clock = clock;
    this.bundles = new TrustBundleService(authority::trustBundle, () -> federated);
    authority.addListener(bundle -> bundles.changed());
  }

  /**
   * Opens what the data directory holds, and makes it on the first start.
   *
   * @param hosts names and IPs under which the control plane is called
   * @param options what its embedder said of CA, certificates and time
   */
  static MeshIdentity open(
      DataDirectory data,
      MeshSettings settings,
      List<String> hosts,
      MeshControlPlane.Builder options)
      throws IOException {
    SecureRandom random = new SecureRandom();
    InstantSource clock = options.clock;
    LifetimePolicy lifetimes = new LifetimePolicy(options.svidTtl);
    RotatingCertificateAuthority.Builder builder =
        RotatingCertificateAuthority.builder(data.resolve("ca"), settings.trustDomain())
            .publishAhead(lifetimes.standard())
            .keyPassword(options.caKeyPassword)
            .observer(options.caObserver)
            .clock(clock)
            .random(random);
    if (options.cryptoProvider != null) {
      builder.provider(options.cryptoProvider);
    }
    RotatingCertificateAuthority authority = builder.open();
    SpiffeId id = settings.trustDomain().workload(settings.rootNamespace(), SERVICE_ACCOUNT);
    // As short-lived as those of VMs: the root above it is kept until it has expired.
    ServerSvid own = new ServerSvid(authority, id, hosts, lifetimes, clock, random);
    authority.beforeActivation(own::renewBeforeRotation);
    return new MeshIdentity(
        authority,
        JoinTokenStore.open(data.resolve("tokens"), clock, random),
        BanList.open(data.resolve("bans")),
        own,
        id,
        lifetimes,
        clock);
  }

  SpiffeId id() {
    return id;
  }

  RotatingCertificateAuthority authority() {
    return authority;
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

  /** Returns the service that tells running VMs of each new trust bundle. */
  TrustBundleService trustBundleService() {
    return bundles;
  }

  /**
   * Starts to fetch the bundles of {@code domains}, which VMs are then told of; the caller closes
   * what is returned.
   *
   * @param directory where the last ones are kept
   * @throws IOException if those cannot be read
   * @throws IllegalArgumentException if one of them is our own, or there twice
   */
  Federation federate(Path directory, List<FederatedDomain> domains) throws IOException {
    if (domains.stream().anyMatch(domain -> domain.trustDomain().equals(id.trustDomain()))) {
      throw new IllegalArgumentException(
          "federated domain '" + id.trustDomain() + "' (expected: another than our own)");
    }
    FederationObserver log = FederationObserver.logging();
    Federation federation =
        Federation.builder(directory, domains)
            .clock(clock)
            .observer(
                new FederationObserver() {
                  @Override
                  public void updated(TrustBundle bundle) {
                    log.updated(bundle);
                    received(bundle);
                  }

                  @Override
                  public void failed(TrustDomain trustDomain, String reason, Duration nextIn) {
                    log.failed(trustDomain, reason, nextIn);
                  }
                })
            .start();
    federation.bundles().bundles().forEach(this::receivedFirst);
    bundles.changed();
    return federation;
  }

  private synchronized void received(TrustBundle bundle) {
    federated = federated.with(bundle);
    bundles.changed();
  }

  /** Of the stored and of those that have come meanwhile, the latter count. */
  private synchronized void receivedFirst(TrustBundle stored) {
    if (federated.find(stored.trustDomain()).isEmpty()) {
      federated = federated.with(stored);
    }
  }

  BanList bans() {
    return bans;
  }

  /** Returns the builder of what issues certificates and tokens to members of {@code groups}. */
  SvidIssuer.Builder issuer(WorkloadGroups groups) {
    return SvidIssuer.builder(authority, groups, id)
        .attestor(new JoinTokenAttestor(tokens, clock))
        .tokens(authority)
        .bans(bans)
        .lifetimes(lifetimes)
        .clock(clock);
  }
}
