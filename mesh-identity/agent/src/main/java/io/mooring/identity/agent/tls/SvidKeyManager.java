package io.mooring.identity.agent.tls;

import io.mooring.identity.agent.svid.Credentials;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** Shows one SVID, whoever asks and whatever for. Immutable. */
final class SvidKeyManager extends X509ExtendedKeyManager {

  private static final String ALIAS = "svid";

  private final Credentials credentials;

  SvidKeyManager(Credentials credentials) {
    this.credentials = credentials;
  }

  private @Nullable String alias(String... keyTypes) {
    String algorithm = credentials.key().getAlgorithm();
    for (String keyType : keyTypes) {
      // TLS 1.2 asks servers for EC_EC and the like: the key, then who signed it.
      if (keyType.equals(algorithm) || keyType.startsWith(algorithm + "_")) {
        return ALIAS;
      }
    }
    return null;
  }

  @Override
  public @Nullable String chooseEngineClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, SSLEngine engine) {
    return alias(keyTypes); // issuers may name the CA of yesterday: the peer judges, not we
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
    return alias(keyType);
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, Socket socket) {
    return alias(keyTypes);
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, Socket socket) {
    return alias(keyType);
  }

  @Override
  public String[] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return aliases(keyType);
  }

  @Override
  public String[] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return aliases(keyType);
  }

  private String[] aliases(String keyType) {
    String alias = alias(keyType);
    return alias == null ? new String[0] : new String[] {alias};
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return credentials.svid().chain().toArray(X509Certificate[]::new);
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    return credentials.key();
  }
}
