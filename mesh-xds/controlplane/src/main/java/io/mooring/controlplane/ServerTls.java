package io.mooring.controlplane;

import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.mooring.identity.TrustBundle;
import io.mooring.identity.X509Svid;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** Makes the TLS context of the control plane's port from its own SVID and its trust bundle. */
final class ServerTls {

  private static final String ALIAS = "mooring";

  private ServerTls() {}

  /**
   * Returns a context that asks for the newest SVID and bundle at every connection. A client
   * certificate is optional; one that does not verify against the bundle, at the time of {@code
   * clock}, ends the handshake.
   */
  static SslContext context(
      Supplier<X509Svid> svid, Supplier<TrustBundle> bundle, InstantSource clock) {
    return new FreshSslContext(
        () -> keyManager(svid.get()), () -> new LoggedTrust(bundle.get(), clock));
  }

  private static KeyManager keyManager(X509Svid svid) {
    return new OneKey(
        svid.chain().toArray(X509Certificate[]::new), svid.privateKey().orElseThrow());
  }

  /** Hands out one key; the JDK's own key managers want a key store with a password. */
  private static final class OneKey extends X509ExtendedKeyManager {

    private final X509Certificate[] chain;
    private final PrivateKey key;

    OneKey(X509Certificate[] chain, PrivateKey key) {
      this.chain = chain;
      this.key = key;
    }

    @Override
    public String[] getServerAliases(String keyType, Principal @Nullable [] issuers) {
      return new String[] {ALIAS};
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
        String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
      return keyType.startsWith(key.getAlgorithm()) ? ALIAS : null;
    }

    @Override
    public @Nullable String chooseServerAlias(
        String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return keyType.startsWith(key.getAlgorithm()) ? ALIAS : null;
    }

    @Override
    public String[] getClientAliases(String keyType, Principal @Nullable [] issuers) {
      return new String[0];
    }

    @Override
    public @Nullable String chooseClientAlias(
        String[] keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return null;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return chain.clone();
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return key;
    }
  }
}
