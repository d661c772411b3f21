package io.mooring.identity;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.mooring.testkit.PackageArrows;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  private static final Map<String, Set<String>> ALLOWED =
      Map.ofEntries(
          Map.entry("identity", Set.of("model", "model.networking", "model.spiffe", "registry")),
          Map.entry("identity.storage", Set.of()),
          Map.entry("identity.ca", Set.of("identity", "identity.storage", "model", "model.spiffe")),
          Map.entry("identity.bundle", Set.of("identity", "identity.storage", "model.spiffe")),
          Map.entry("identity.attest", Set.of("identity.storage")),
          Map.entry(
              "identity.attest.jointoken", Set.of("identity.attest", "identity.storage", "model")),
          Map.entry("identity.attest.http", Set.of()),
          Map.entry("identity.attest.jwt", Set.of("identity.attest", "identity.attest.http")),
          Map.entry("identity.attest.pki", Set.of("identity.attest")),
          Map.entry(
              "identity.attest.kubernetes",
              Set.of("identity.attest", "identity.attest.http", "identity.attest.jwt")),
          Map.entry("identity.attest.oidc", Set.of("identity.attest", "identity.attest.jwt")),
          Map.entry(
              "identity.attest.x509pop",
              Set.of("identity", "identity.attest", "identity.attest.pki")),
          Map.entry(
              "identity.attest.aws", Set.of("identity", "identity.attest", "identity.attest.pki")),
          Map.entry("identity.attest.gcp", Set.of("identity.attest", "identity.attest.jwt")),
          Map.entry(
              "identity.attest.azure",
              Set.of(
                  "identity",
                  "identity.attest",
                  "identity.attest.http",
                  "identity.attest.jwt",
                  "identity.attest.pki")),
          Map.entry(
              "identity.issue",
              Set.of(
                  "identity",
                  "identity.attest",
                  "identity.ca",
                  "identity.storage",
                  "model",
                  "model.networking",
                  "model.spiffe")),
          Map.entry(
              "identity.server",
              Set.of(
                  "identity",
                  "identity.api",
                  "identity.attest",
                  "identity.ca",
                  "identity.issue",
                  "model.spiffe")),
          Map.entry(
              "identity.enroll",
              Set.of(
                  "identity", "model", "model.networking", "model.spiffe", "registry", "service")),
          Map.entry(
              "identity.bootstrap",
              Set.of(
                  "identity",
                  "identity.storage",
                  "model",
                  "model.codec",
                  "model.networking",
                  "model.spiffe")));

  @Test
  void packagesUseOnlyWhatTheyMay() {
    PackageArrows.check(ALLOWED);
  }

  @Test
  void onlyTheCaAndThePkiOfEvidenceUseBouncyCastle() {
    JavaClasses classes = new ClassFileImporter().importPath(Path.of("target", "classes"));
    noClasses()
        .that()
        .resideOutsideOfPackages("io.mooring.identity.ca", "io.mooring.identity.attest.pki")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.bouncycastle..")
        .check(classes);
  }
}
