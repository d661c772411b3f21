package io.mooring.model.validation;

import io.mooring.model.networking.ClientTlsSettings;

/** Rules of how clients secure their connections. */
final class ClientTlsRules {

  private ClientTlsRules() {}

  static void check(ClientTlsSettings tls, FieldPath path, Violations violations) {
    boolean files =
        !tls.clientCertificate().isEmpty()
            || !tls.privateKey().isEmpty()
            || !tls.caCertificates().isEmpty()
            || !tls.caCrl().isEmpty();
    boolean secret = !tls.credentialName().isEmpty();
    switch (tls.mode()) {
      case DISABLE -> {}
      case SIMPLE -> {
        checkSecret(secret, files, path, violations);
        checkSkip(tls, secret, path, violations);
      }
      case MUTUAL -> {
        checkSecret(secret, files, path, violations);
        checkSkip(tls, false, path, violations);
        if (!secret && tls.clientCertificate().isEmpty()) {
          violations.missing(path.field("clientCertificate"), "a file, or credentialName");
        }
        if (!secret && tls.privateKey().isEmpty()) {
          violations.missing(path.field("privateKey"), "a file, or credentialName");
        }
      }
      case ISTIO_MUTUAL -> {
        if (secret || files) {
          violations.warning(
              path, "", "mode ISTIO_MUTUAL brings its certificates: others are ignored");
        }
      }
    }
    for (int i = 0; i < tls.subjectAltNames().size(); i++) {
      if (tls.subjectAltNames().get(i).isEmpty()) {
        violations.missing(path.field("subjectAltNames").index(i), "a name");
      }
    }
  }

  private static void checkSecret(
      boolean secret, boolean files, FieldPath path, Violations violations) {
    if (secret && files) {
      violations.conflict(path.field("credentialName"), "excludes files (expected: one of both)");
    }
  }

  /** Whoever checks nothing has no use for what to check. */
  private static void checkSkip(
      ClientTlsSettings tls, boolean secret, FieldPath path, Violations violations) {
    if (tls.insecureSkipVerify().orElse(false)
        && (secret || !tls.caCertificates().isEmpty() || !tls.subjectAltNames().isEmpty())) {
      violations.conflict(
          path.field("insecureSkipVerify"),
          "excludes caCertificates, credentialName and subjectAltNames (expected: one of both)");
    }
  }
}
