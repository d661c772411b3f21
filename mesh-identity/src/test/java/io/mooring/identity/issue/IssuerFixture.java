package io.mooring.identity.issue;

import io.mooring.identity.WorkloadGroups;
import io.mooring.identity.attest.jointoken.JoinToken;
import io.mooring.identity.attest.jointoken.JoinTokenAttestor;
import io.mooring.identity.attest.jointoken.JoinTokenStore;
import io.mooring.identity.ca.CertificateAuthority;
import io.mooring.identity.ca.LocalCertificateAuthority;
import io.mooring.model.ConfigKey;
import io.mooring.model.Metadata;
import io.mooring.model.networking.WorkloadEntrySpec;
import io.mooring.model.networking.WorkloadGroup;
import io.mooring.model.networking.WorkloadGroupSpec;
import io.mooring.model.spiffe.SpiffeId;
import io.mooring.model.spiffe.TrustDomain;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A whole issuer over real files: a CA, tokens, groups that a test edits, and what was decided. */
public final class IssuerFixture {

  public static final TrustDomain TD = new TrustDomain("cluster.local");
  public static final SpiffeId CONTROL_PLANE = TD.workload("istio-system", "mooring");

  public final Map<ConfigKey, WorkloadGroup> groupsByKey = new TreeMap<>();
  public final List<IssueEvent> decisions = new CopyOnWriteArrayList<>();
  public final LocalCertificateAuthority authority;
  public final JoinTokenStore tokens;
  public final BanList bans;
  public final SvidIssuer issuer;
  private final InstantSource clock;

  public IssuerFixture(Path directory, InstantSource clock) throws IOException {
    SecureRandom random = new SecureRandom();
    authority = LocalCertificateAuthority.open(directory.resolve("ca"), TD, clock, random);
    tokens = JoinTokenStore.open(directory.resolve("tokens"), clock, random);
    bans = BanList.open(directory.resolve("bans"));
    this.clock = clock;
    issuer = builder().build();
    group("demo", "ratings", "bookinfo-ratings");
  }

  /** Returns a builder of an issuer over the same files. */
  public SvidIssuer.Builder builder() {
    return builder(authority);
  }

  /** Returns a builder of an issuer over the same files and another CA. */
  public SvidIssuer.Builder builder(CertificateAuthority signer) {
    return SvidIssuer.builder(signer, groups(), CONTROL_PLANE)
        .attestor(new JoinTokenAttestor(tokens, clock))
        .lifetimes(new LifetimePolicy(Duration.ofHours(1)))
        .bans(bans)
        .clock(clock)
        .observer(decisions::add);
  }

  private WorkloadGroups groups() {
    return new WorkloadGroups() {
      @Override
      public Optional<WorkloadGroup> find(ConfigKey key) {
        return Optional.ofNullable(groupsByKey.get(key));
      }

      @Override
      public Collection<WorkloadGroup> inNamespace(String namespace) {
        return groupsByKey.values().stream()
            .filter(group -> group.metadata().namespace().equals(namespace))
            .toList();
      }
    };
  }

  public WorkloadGroup group(String namespace, String name, String account) {
    WorkloadGroup group =
        WorkloadGroup.builder()
            .metadata(Metadata.of(namespace, name))
            .spec(
                WorkloadGroupSpec.builder()
                    .template(WorkloadEntrySpec.builder().serviceAccount(account).build())
                    .build())
            .build();
    groupsByKey.put(group.key(), group);
    return group;
  }

  public JoinToken token(String namespace, String group) {
    return tokens.create(namespace, group, Duration.ofHours(1));
  }

  public IssueEvent lastDecision() {
    return decisions.get(decisions.size() - 1);
  }
}
