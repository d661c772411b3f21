package io.mooring.testkit.identity;

import io.mooring.identity.attest.Attestor;
import io.mooring.identity.attest.RefusalReason;
import io.mooring.identity.attest.RefusedException;
import io.mooring.identity.attest.kubernetes.KubernetesAttestor;
import io.mooring.identity.attest.kubernetes.ServiceAccount;
import java.util.Optional;

class KubernetesAttestorContractTest implements AttestorContract {

  private final Attestor attestor =
      new KubernetesAttestor(
          token -> {
            if (!token.equals(goodEvidence())) {
              throw new RefusedException(RefusalReason.INVALID_EVIDENCE, "not the cluster's");
            }
            return new ServiceAccount("demo", "ratings", Optional.empty(), Optional.empty());
          });

  @Override
  public Attestor attestor() {
    return attestor;
  }

  @Override
  public String goodEvidence() {
    return "a token of the cluster";
  }

  @Override
  public boolean countsOnce() {
    return false;
  }
}
