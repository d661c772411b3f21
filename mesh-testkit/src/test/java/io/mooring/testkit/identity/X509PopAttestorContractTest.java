package io.mooring.testkit.identity;

import io.mooring.identity.Pem;
import io.mooring.identity.X509Svid;
import io.mooring.identity.attest.Attestor;
import io.mooring.identity.attest.x509pop.ProofOfPossession;
import io.mooring.identity.attest.x509pop.X509PopAttestor;
import io.mooring.testkit.FakeClock;
import java.security.SecureRandom;
import java.time.Duration;

class X509PopAttestorContractTest implements AttestorContract {

  private final FakeClock clock = new FakeClock();
  private final TestCertificateAuthority authority = new TestCertificateAuthority(clock);
  private final X509Svid machine =
      authority.svid(
          TestCertificateAuthority.TRUST_DOMAIN.workload("dc", "vm-1"), Duration.ofHours(1));
  private final Attestor attestor =
      new X509PopAttestor(authority.trustBundle().roots(), clock, new SecureRandom());

  @Override
  public Attestor attestor() {
    return attestor;
  }

  @Override
  public String goodEvidence() {
    return Pem.encode(machine.chain());
  }

  @Override
  public String answer(String challenge, String keyDigest) {
    return ProofOfPossession.answer(
        challenge, keyDigest, machine.privateKey().orElseThrow(), new SecureRandom());
  }

  @Override
  public boolean countsOnce() {
    return false;
  }
}
