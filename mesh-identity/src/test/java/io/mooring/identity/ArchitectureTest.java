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
          Map.entry("identity.attest", Set.of("model")),
          Map.entry(
              "identity.attest.jointoken", Set.of("identity.attest", "identity.storage", "model")),
          Map.entry(
              "identity.issue",
              Set.of(
                  "identity",
                  "identity.attest",
                  "identity.ca",
                  "model",
                  "model.networking",
                  "model.spiffe")),
          Map.entry(
              "identity.server",
              Set.of(
                  "identity", "identity.api", "identity.attest", "identity.ca", "identity.issue")),
          Map.entry(
              "identity.enroll",
              Set.of("identity", "model", "model.networking", "model.spiffe", "registry")),
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
  void onlyTheCaUsesBouncyCastle() {
    JavaClasses classes = new ClassFileImporter().importPath(Path.of("target", "classes"));
    noClasses()
        .that()
        .resideOutsideOfPackage("io.mooring.identity.ca")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.bouncycastle..")
        .check(classes);
  }
}
