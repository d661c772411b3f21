package io.mooring.identity.agent.sds;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SPIFFECertValidatorConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The secrets that are served at one time, by name. Immutable; no text shows a key.
 *
 * <p>Names are Istio's: {@value #CERTIFICATE} is this workload's chain and key, {@value #ROOTS} is
 * what peers are verified against.
 */
public final class SecretSet {

  /** The name of the workload's own certificate and key. */
  public static final String CERTIFICATE = "default";

  /** The name of the trust bundle. */
  public static final String ROOTS = "ROOTCA";

  private static final String TYPE_URL =
      "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret";
  private static final int VERSION_BYTES = 8;

  private final SortedMap<String, Entry> entriesByName = new TreeMap<>();

  private SecretSet() {}

  /** One secret as it goes out; the version is a hash of the bytes. */
  record Entry(String name, String version, Any resource) {
    @Override
    public String toString() {
      return name + "@" + version;
    }
  }

  /**
   * Returns the two secrets of a workload.
   *
   * @param chainPem leaf first
   * @param keyPem PKCS#8
   * @param rootsPemByDomain for each trust domain one or more roots. Of one domain, they vouch for
   *     whatever name; of several, each for identities of its own domain alone, by Envoy's SPIFFE
   *     validator
   */
  public static SecretSet of(String chainPem, String keyPem, Map<String, String> rootsPemByDomain) {
    SecretSet set = new SecretSet();
    set.add(
        Secret.newBuilder()
            .setName(CERTIFICATE)
            .setTlsCertificate(
                TlsCertificate.newBuilder()
                    .setCertificateChain(inline(chainPem))
                    .setPrivateKey(inline(keyPem)))
            .build());
    set.add(
        Secret.newBuilder()
            .setName(ROOTS)
            .setValidationContext(validation(rootsPemByDomain))
            .build());
    return set;
  }

  private static CertificateValidationContext validation(Map<String, String> rootsPemByDomain) {
    CertificateValidationContext.Builder context = CertificateValidationContext.newBuilder();
    if (rootsPemByDomain.size() == 1) {
      return context.setTrustedCa(inline(rootsPemByDomain.values().iterator().next())).build();
    }
    SPIFFECertValidatorConfig.Builder domains = SPIFFECertValidatorConfig.newBuilder();
    rootsPemByDomain.forEach(
        (domain, roots) ->
            domains.addTrustDomains(
                SPIFFECertValidatorConfig.TrustDomain.newBuilder()
                    .setName(domain)
                    .setTrustBundle(inline(roots))));
    return context
        .setCustomValidatorConfig(
            TypedExtensionConfig.newBuilder()
                .setName("envoy.tls.cert_validator.spiffe")
                .setTypedConfig(Any.pack(domains.build())))
        .build();
  }

  private void add(Secret secret) {
    ByteString bytes = secret.toByteString(); // has no map: equal secrets have equal bytes
    Any resource = Any.newBuilder().setTypeUrl(TYPE_URL).setValue(bytes).build();
    entriesByName.put(secret.getName(), new Entry(secret.getName(), version(bytes), resource));
  }

  SortedMap<String, Entry> entriesByName() {
    return Collections.unmodifiableSortedMap(entriesByName);
  }

  @Nullable Entry get(String name) {
    return entriesByName.get(name);
  }

  private static DataSource inline(String pem) {
    return DataSource.newBuilder().setInlineBytes(ByteString.copyFromUtf8(pem)).build();
  }

  private static String version(ByteString bytes) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes.toByteArray());
      return HexFormat.of().formatHex(digest, 0, VERSION_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is missing in this JDK", e);
    }
  }

  @Override
  public String toString() {
    return "SecretSet" + entriesByName.values();
  }
}
