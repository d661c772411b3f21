package io.mooring.controlplane;

import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.mooring.identity.TrustBundle;
import io.mooring.identity.X509Svid;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Supplier;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
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
        () -> keyManager(svid.get()), () -> trustManager(bundle.get(), clock.instant()));
  }

  private static KeyManager keyManager(X509Svid svid) {
    return new OneKey(
        svid.chain().toArray(X509Certificate[]::new), svid.privateKey().orElseThrow());
  }

  static TrustManager trustManager(TrustBundle bundle, Instant now) {
    try {
      Set<TrustAnchor> roots = new LinkedHashSet<>();
      bundle.roots().forEach(root -> roots.add(new TrustAnchor(root, null)));
      PKIXBuilderParameters path = new PKIXBuilderParameters(roots, null);
      path.setRevocationEnabled(false);
      path.setDate(Date.from(now));
      TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
      factory.init(new CertPathTrustManagerParameters(path));
      return new LoggedTrust((X509ExtendedTrustManager) factory.getTrustManagers()[0]);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK refuses the trust bundle " + bundle, e);
    }
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
