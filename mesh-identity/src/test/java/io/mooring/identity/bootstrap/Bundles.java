package io.mooring.identity.bootstrap;

import io.mooring.identity.CertificateForge;
import io.mooring.identity.TrustBundle;
import io.mooring.model.Metadata;
import io.mooring.model.networking.WorkloadEntrySpec;
import io.mooring.model.networking.WorkloadGroup;
import io.mooring.model.networking.WorkloadGroupMetadata;
import io.mooring.model.networking.WorkloadGroupSpec;
import io.mooring.model.spiffe.SpiffeId;
import io.mooring.model.spiffe.TrustDomain;
import java.util.List;

/** The bundle of the tests of this package. */
final class Bundles {

  static final String SECRET = "0123456789abcdef.AAAABBBBCCCCDDDDEEEEFFFFGGGGHHHHIIIIJJJJKKK";

  private static final TrustBundle ROOTS =
      new TrustBundle(new TrustDomain("td"), List.of(CertificateForge.root()));

  private Bundles() {}

  static BootstrapBundle.Builder ratings() {
    return BootstrapBundle.forGroup(group())
        .controlPlane(
            new ControlPlane(
                "10.0.0.254", 15012, SpiffeId.parse("spiffe://td/ns/istio-system/sa/mooring")))
        .trustBundle(ROOTS)
        .token(SECRET);
  }

  static WorkloadGroup group() {
    return WorkloadGroup.builder()
        .metadata(Metadata.of("demo", "ratings"))
        .spec(
            WorkloadGroupSpec.builder()
                .metadata(
                    WorkloadGroupMetadata.builder()
                        .putLabels("app", "group")
                        .putLabels("team", "stars")
                        .build())
                .template(
                    WorkloadEntrySpec.builder()
                        .putLabels("app", "ratings")
                        .serviceAccount("bookinfo-ratings")
                        .network("vms")
                        .build())
                .build())
        .build();
  }
}
