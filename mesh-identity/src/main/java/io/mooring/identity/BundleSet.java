package io.mooring.identity;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mooring.model.spiffe.TrustDomain;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The bundles of several trust domains, one each; never merged into one. Immutable.
 *
 * <p>An SVID is judged by the bundle of its own domain alone.
 */
public final class BundleSet {

  /** The set that trusts nobody. */
  public static final BundleSet EMPTY = new BundleSet(Collections.emptySortedMap());

  private static final int MAX_LENGTH = 16 << 20;
  private static final String DOMAINS = "trust_domains";

  private final SortedMap<TrustDomain, TrustBundle> bundles;

  private BundleSet(SortedMap<TrustDomain, TrustBundle> bundles) {
    this.bundles = bundles;
  }

  /** Returns the set of one bundle. */
  public static BundleSet of(TrustBundle bundle) {
    return EMPTY.with(bundle);
  }

  /**
   * Returns the set of {@code bundles}.
   *
   * @throws IllegalArgumentException if two are of one trust domain
   */
  public static BundleSet of(Collection<TrustBundle> bundles) {
    SortedMap<TrustDomain, TrustBundle> byDomain = new TreeMap<>();
    for (TrustBundle bundle : bundles) {
      if (byDomain.put(bundle.trustDomain(), bundle) != null) {
        throw new IllegalArgumentException(
            "two bundles of '" + bundle.trustDomain() + "' (expected: one a trust domain)");
      }
    }
    return new BundleSet(Collections.unmodifiableSortedMap(byDomain));
  }

  /**
   * Returns the set that a SPIFFE bundle map spells. Refresh hints inside its bundles are dropped:
   * they say nothing about the map.
   *
   * @throws IllegalArgumentException if it lacks {@code trust_domains}, has a domain twice, or one
   *     of its bundles is refused; then no bundle of it is taken
   */
  public static BundleSet parseJson(String json) {
    ObjectNode map = SpiffeJson.object("bundle map", requireNonNull(json, "json"), MAX_LENGTH);
    if (!(map.get(DOMAINS) instanceof ObjectNode domains)) {
      throw new IllegalArgumentException("bundle map has no object 'trust_domains'");
    }
    SortedMap<TrustDomain, TrustBundle> bundles = new TreeMap<>();
    for (Map.Entry<String, JsonNode> entry : domains.properties()) {
      TrustDomain domain = new TrustDomain(entry.getKey());
      if (!(entry.getValue() instanceof ObjectNode bundle)) {
        throw new IllegalArgumentException("bundle of '" + domain + "' is no JSON object");
      }
      bundles.put(domain, withoutHint(TrustBundleJson.parse(domain, bundle)));
    }
    return new BundleSet(Collections.unmodifiableSortedMap(bundles));
  }

  /** Returns the SPIFFE bundle map; its bundles have no refresh hints. */
  public String toJson() {
    ObjectNode map = JsonNodeFactory.instance.objectNode();
    ObjectNode domains = map.putObject(DOMAINS);
    bundles.forEach(
        (domain, bundle) -> domains.set(domain.name(), TrustBundleJson.tree(withoutHint(bundle))));
    return SpiffeJson.print(map);
  }

  /** Returns this set with {@code bundle} in place of the one of its domain. */
  public BundleSet with(TrustBundle bundle) {
    SortedMap<TrustDomain, TrustBundle> changed = new TreeMap<>(bundles);
    changed.put(bundle.trustDomain(), bundle);
    return new BundleSet(Collections.unmodifiableSortedMap(changed));
  }

  /** Returns the bundle of {@code trustDomain}; without one nothing of that domain is trusted. */
  public Optional<TrustBundle> find(TrustDomain trustDomain) {
    return Optional.ofNullable(bundles.get(trustDomain));
  }

  /** Returns the bundles, sorted by trust domain. */
  public Collection<TrustBundle> bundles() {
    return bundles.values();
  }

  private static TrustBundle withoutHint(TrustBundle bundle) {
    return new TrustBundle(
        bundle.trustDomain(),
        bundle.roots(),
        bundle.jwtKeys(),
        bundle.sequence(),
        Optional.empty());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof BundleSet set && bundles.equals(set.bundles);
  }

  @Override
  public int hashCode() {
    return bundles.hashCode();
  }

  @Override
  public String toString() {
    return "BundleSet" + bundles.keySet();
  }
}
