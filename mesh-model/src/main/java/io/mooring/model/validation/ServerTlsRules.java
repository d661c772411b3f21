package io.mooring.model.validation;

import io.mooring.model.networking.ServerTlsSettings;
import io.mooring.model.networking.ServerTlsSettings.Mode;
import io.mooring.model.networking.ServerTlsSettings.TlsCertificate;
import io.mooring.model.networking.ServerTlsSettings.TlsProtocol;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Rules of how servers secure their connections. */
final class ServerTlsRules {

  private static final int MAX_CERTIFICATES = 2; // RSA and ECDSA
  private static final Set<String> CIPHERS =
      Set.of(
          "ECDHE-ECDSA-AES128-GCM-SHA256",
          "ECDHE-RSA-AES128-GCM-SHA256",
          "ECDHE-ECDSA-AES256-GCM-SHA384",
          "ECDHE-RSA-AES256-GCM-SHA384",
          "ECDHE-ECDSA-CHACHA20-POLY1305",
          "ECDHE-RSA-CHACHA20-POLY1305",
          "ECDHE-ECDSA-AES128-SHA",
          "ECDHE-RSA-AES128-SHA",
          "ECDHE-ECDSA-AES256-SHA",
          "ECDHE-RSA-AES256-SHA",
          "AES128-GCM-SHA256",
          "AES256-GCM-SHA384",
          "AES128-SHA",
          "AES256-SHA",
          "DES-CBC3-SHA");

  private ServerTlsRules() {}

  static void check(ServerTlsSettings tls, FieldPath path, Violations violations) {
    checkVersions(tls, path, violations);
    checkCiphers(tls.cipherSuites(), path.field("cipherSuites"), violations);
    if (tls.mode() != Mode.ISTIO_MUTUAL) {
      checkSources(tls, path, violations);
    }
    switch (tls.mode()) {
      case ISTIO_MUTUAL -> checkIstioMutual(tls, path, violations);
      case PASSTHROUGH, AUTO_PASSTHROUGH -> {
        if (hasFiles(tls) || hasSecret(tls) || !tls.caCrl().isEmpty()) {
          violations.warning(
              path.field("mode"),
              tls.mode(),
              "mode " + tls.mode() + " uses no certificates: they are ignored");
        }
      }
      case SIMPLE, MUTUAL, OPTIONAL_MUTUAL -> checkOwn(tls, path, violations);
    }
  }

  private static void checkSources(ServerTlsSettings tls, FieldPath path, Violations violations) {
    int sources =
        (tls.credentialName().isEmpty() ? 0 : 1)
            + (tls.credentialNames().isEmpty() ? 0 : 1)
            + (tls.tlsCertificates().isEmpty() ? 0 : 1)
            + (tls.serverCertificate().isEmpty() || tls.privateKey().isEmpty() ? 0 : 1);
    if (sources > 1) {
      violations.conflict(
          path,
          sources
              + " sources of certificates (expected: one of credentialName, credentialNames,"
              + " tlsCertificates, serverCertificate with privateKey)");
    }
  }

  private static void checkVersions(ServerTlsSettings tls, FieldPath path, Violations violations) {
    TlsProtocol min = tls.minProtocolVersion();
    if ((min == TlsProtocol.TLSV1_0 || min == TlsProtocol.TLSV1_1)
        && tls.cipherSuites().isEmpty()) {
      violations.warning(
          path.field("minProtocolVersion"),
          min,
          "no cipher suite below TLS 1.2 is on by default (expected: cipherSuites beside it)");
    }
    if (tls.maxProtocolVersion() != TlsProtocol.TLS_AUTO
        && tls.maxProtocolVersion().compareTo(min) < 0) {
      violations.warning(
          path.field("maxProtocolVersion"), tls.maxProtocolVersion(), "lower than the lowest");
    }
  }

  private static void checkCiphers(List<String> suites, FieldPath path, Violations violations) {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < suites.size(); i++) {
      String suite = suites.get(i);
      boolean operator = suite.isEmpty() || !Character.isLetterOrDigit(suite.charAt(0));
      if (!operator && !suite.equals("ALL") && !CIPHERS.contains(suite)) {
        violations.warning(path.index(i), suite, Quoted.value(suite) + ": unknown, so left out");
      } else if (!seen.add(suite)) {
        violations.warning(path.index(i), suite, Quoted.value(suite) + ": is there twice");
      }
    }
  }

  private static void checkIstioMutual(
      ServerTlsSettings tls, FieldPath path, Violations violations) {
    if (hasFiles(tls) || hasSecret(tls)) {
      violations.conflict(path, "mode ISTIO_MUTUAL brings its certificates (expected: none)");
    }
  }

  private static void checkOwn(ServerTlsSettings tls, FieldPath path, Violations violations) {
    if (tls.credentialNames().size() > MAX_CERTIFICATES) {
      violations.error(
          path.field("credentialNames"),
          tls.credentialNames().size() + " names",
          "at most " + MAX_CERTIFICATES);
    }
    boolean secret = !tls.credentialName().isEmpty() || !tls.credentialNames().isEmpty();
    if (secret) {
      return;
    }
    if (tls.tlsCertificates().isEmpty()) {
      checkPair(tls.serverCertificate(), tls.privateKey(), path, violations);
    } else {
      checkPairs(tls, path, violations);
    }
    boolean verifies = tls.mode() != Mode.SIMPLE;
    if (verifies && tls.caCertificates().isEmpty() && tls.caCertCredentialName().isEmpty()) {
      violations.missing(path.field("caCertificates"), "a file with the roots of clients");
    }
    if (!verifies && !tls.caCrl().isEmpty()) {
      violations.conflict(path.field("caCrl"), "mode SIMPLE checks no clients (expected: MUTUAL)");
    }
  }

  private static void checkPairs(ServerTlsSettings tls, FieldPath path, Violations violations) {
    FieldPath certificates = path.field("tlsCertificates");
    if (tls.tlsCertificates().size() > MAX_CERTIFICATES) {
      violations.error(
          certificates,
          tls.tlsCertificates().size() + " certificates",
          "at most " + MAX_CERTIFICATES);
    }
    for (int i = 0; i < tls.tlsCertificates().size(); i++) {
      TlsCertificate pair = tls.tlsCertificates().get(i);
      checkPair(pair.serverCertificate(), pair.privateKey(), certificates.index(i), violations);
    }
  }

  private static void checkPair(
      String certificate, String key, FieldPath path, Violations violations) {
    if (certificate.isEmpty()) {
      violations.missing(path.field("serverCertificate"), "a file, or credentialName");
    }
    if (key.isEmpty()) {
      violations.missing(path.field("privateKey"), "a file, or credentialName");
    }
  }

  private static boolean hasFiles(ServerTlsSettings tls) {
    return !tls.serverCertificate().isEmpty()
        || !tls.privateKey().isEmpty()
        || !tls.caCertificates().isEmpty()
        || !tls.tlsCertificates().isEmpty();
  }

  private static boolean hasSecret(ServerTlsSettings tls) {
    return !tls.credentialName().isEmpty()
        || !tls.credentialNames().isEmpty()
        || !tls.caCertCredentialName().isEmpty();
  }
}
