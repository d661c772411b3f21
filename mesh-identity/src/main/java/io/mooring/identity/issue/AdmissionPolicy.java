package io.mooring.identity.issue;

import io.mooring.identity.WorkloadGroups;
import io.mooring.identity.attest.AttestationResult;
import io.mooring.model.ConfigKey;
import io.mooring.model.networking.WorkloadGroup;
import java.util.List;
import java.util.Optional;

/**
 * Turns what a machine has proved into the one WorkloadGroup that it joins, and so into its one
 * SPIFFE ID. Immutable and pure: nothing but selectors and groups is looked at, nothing in them is
 * ever pasted into a name.
 *
 * <p>Of the rules, the first whose selectors the machine all has decides. Evidence that names what
 * it is good for needs no rule: a join token ({@code join-token:group:NAMESPACE/NAME}), and a
 * Kubernetes token ({@code kubernetes:service-account:NAMESPACE/ACCOUNT}), which lets into the
 * groups of its service account. Whatever else is refused.
 */
public final class AdmissionPolicy {

  /** Has no rules: admits only evidence that names what it is good for. */
  public static final AdmissionPolicy WITHOUT_RULES = new AdmissionPolicy(List.of());

  private static final Bound GROUP_OF_TOKEN = new Bound("join-token", "group");
  private static final Bound ACCOUNT_OF_TOKEN = new Bound("kubernetes", "service-account");

  private final List<AdmissionRule> rules;

  private record Bound(String kind, String key) {
    /** Returns the two halves of the selector's value. */
    Optional<String[]> in(AttestationResult result) {
      return result
          .value(kind, key)
          .map(value -> value.split("/", -1))
          .filter(parts -> parts.length == 2);
    }
  }

  /** Creates a policy with these rules, the first of which that fits decides. */
  public AdmissionPolicy(List<AdmissionRule> rules) {
    this.rules = List.copyOf(rules);
  }

  /** Returns the rules, in their order. */
  public List<AdmissionRule> rules() {
    return rules;
  }

  /** Returns the group that {@code result} lets a machine into; empty if none, or it is gone. */
  public Optional<WorkloadGroup> groupFor(AttestationResult result, WorkloadGroups groups) {
    Optional<String[]> ofToken = GROUP_OF_TOKEN.in(result);
    if (ofToken.isPresent()) {
      return groups.find(new ConfigKey("WorkloadGroup", ofToken.get()[0], ofToken.get()[1]));
    }
    for (AdmissionRule rule : rules) {
      if (result.selectors().containsAll(rule.selectors())) {
        return groups.find(rule.group());
      }
    }
    return ACCOUNT_OF_TOKEN
        .in(result)
        .flatMap(account -> groupOfAccount(account[0], account[1], groups));
  }

  /** Returns the first group of a namespace whose members have this service account. */
  static Optional<WorkloadGroup> groupOfAccount(
      String namespace, String account, WorkloadGroups groups) {
    return groups.inNamespace(namespace).stream()
        .filter(group -> WorkloadGroups.serviceAccount(group).equals(account))
        .findFirst();
  }

  @Override
  public String toString() {
    return "AdmissionPolicy" + rules;
  }
}
