package io.mooring.identity.attest.kubernetes;

import static java.util.Objects.requireNonNull;

import io.mooring.identity.attest.AttestationRequest;
import io.mooring.identity.attest.AttestationResult;
import io.mooring.identity.attest.Attestor;
import io.mooring.identity.attest.Selector;
import io.mooring.identity.attest.jwt.JwtVerifier;
import java.util.Set;
import java.util.TreeSet;

/**
 * Lets whoever holds a service account's token into the WorkloadGroups of that account: what
 * Istio's agents show. Thread-safe. A token may be shown again until it ends.
 *
 * <p>Selectors: {@code kubernetes:service-account:NAMESPACE/NAME}, {@code namespace}, and for a
 * token that is bound to a pod {@code pod} and {@code pod-uid}.
 */
public final class KubernetesAttestor implements Attestor {

  /** The kind of the evidence. */
  public static final String KIND = "kubernetes";

  private final TokenReviewer reviewer;

  /** Creates an attestor that believes {@code reviewer}. */
  public KubernetesAttestor(TokenReviewer reviewer) {
    this.reviewer = requireNonNull(reviewer, "reviewer");
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public boolean recognizes(String bearer) {
    return JwtVerifier.claimed(bearer, "sub").filter(ServiceAccount::isUserName).isPresent();
  }

  @Override
  public AttestationResult attest(AttestationRequest request) {
    ServiceAccount account = reviewer.review(request.evidence());
    String name = account.namespace() + "/" + account.name();
    Set<Selector> selectors = new TreeSet<>();
    selectors.add(new Selector(KIND, "service-account", name));
    selectors.add(new Selector(KIND, "namespace", account.namespace()));
    account.podName().ifPresent(pod -> selectors.add(new Selector(KIND, "pod", pod)));
    account.podUid().ifPresent(uid -> selectors.add(new Selector(KIND, "pod-uid", uid)));
    return new AttestationResult(
        KIND + ":" + name + account.podUid().map(uid -> "/" + uid).orElse(""), selectors);
  }
}
