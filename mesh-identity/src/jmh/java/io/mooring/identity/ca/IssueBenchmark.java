package io.mooring.identity.ca;

import io.mooring.identity.BundleSet;
import io.mooring.identity.JwtSvid;
import io.mooring.identity.Pem;
import io.mooring.identity.X509Svid;
import io.mooring.identity.X509SvidVerifier;
import io.mooring.model.spiffe.SpiffeId;
import io.mooring.model.spiffe.TrustDomain;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Security;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Certificates a second, P-256, beside the bound: what the provider itself needs to verify the
 * request under a fresh key, to sign, and to verify what was signed under the CA's key, which it
 * knows. Goal: {@code issueDer} at least 90 % of {@code bound}. Run with {@code -t 1} and {@code -t
 * 2}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xms1g", "-Xmn512m"}) // or the collector is measured too
public class IssueBenchmark {

  private static final TrustDomain TD = new TrustDomain("cluster.local");
  private static final SpiffeId ID = TD.workload("demo", "ratings");
  private static final int REQUESTS = 512;

  /** The default, the JDK's own, and one over native code. */
  @Param({"BC", "SunEC", "AmazonCorrettoCryptoProvider"})
  public String provider;

  private final AtomicInteger turn = new AtomicInteger();
  private final InstantSource clock = InstantSource.system();
  private final SecureRandom random = new SecureRandom();
  private final byte[] content = new byte[500]; // about what is signed of a request and of a leaf

  private Cryptography cryptography;
  private LocalCertificateAuthority authority;
  private LocalJwtAuthority jwt;
  private X509SvidVerifier verifier;
  private List<byte[]> der;
  private List<String> pem;
  private Bound bound;

  /** The bare operations of one provider. */
  private final class Bound {
    private final Provider provider;
    private final PrivateKey caPrivate;
    private final PublicKey caPublic;
    private final List<byte[]> freshKeys = new ArrayList<>();
    private final List<byte[]> freshSignatures = new ArrayList<>();

    Bound(Provider provider, KeyPair ca, List<KeyPair> fresh) throws GeneralSecurityException {
      this.provider = provider;
      KeyFactory factory = KeyFactory.getInstance("EC", provider);
      caPrivate = factory.generatePrivate(new PKCS8EncodedKeySpec(ca.getPrivate().getEncoded()));
      caPublic = factory.generatePublic(new X509EncodedKeySpec(ca.getPublic().getEncoded()));
      for (KeyPair keys : fresh) {
        freshKeys.add(keys.getPublic().getEncoded());
        freshSignatures.add(
            sign(factory.generatePrivate(new PKCS8EncodedKeySpec(keys.getPrivate().getEncoded()))));
      }
    }

    private byte[] sign(PrivateKey key) throws GeneralSecurityException {
      Signature signer = Signature.getInstance("SHA256withECDSA", provider);
      signer.initSign(key, random);
      signer.update(content);
      return signer.sign();
    }

    private boolean verify(PublicKey key, byte[] signature) throws GeneralSecurityException {
      Signature verifier = Signature.getInstance("SHA256withECDSA", provider);
      verifier.initVerify(key);
      verifier.update(content);
      return verifier.verify(signature);
    }

    byte[] run(int index) throws GeneralSecurityException {
      PublicKey fresh =
          KeyFactory.getInstance("EC", provider)
              .generatePublic(new X509EncodedKeySpec(freshKeys.get(index)));
      boolean holds = verify(fresh, freshSignatures.get(index));
      byte[] signed = sign(caPrivate);
      if (!holds || !verify(caPublic, signed)) { // this very one: the same again is quicker
        throw new IllegalStateException("signature does not verify");
      }
      return signed;
    }
  }

  private Provider provider() throws ReflectiveOperationException {
    return switch (provider) {
      case "BC" -> Cryptography.BOUNCY_CASTLE;
      case "SunEC" -> Security.getProvider("SunEC");
      default ->
          (Provider)
              Class.forName("com.amazon.corretto.crypto.provider." + provider)
                  .getField("INSTANCE")
                  .get(null);
    };
  }

  @Setup
  public void setUp() throws GeneralSecurityException, ReflectiveOperationException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", Cryptography.BOUNCY_CASTLE);
    generator.initialize(new ECGenParameterSpec("secp256r1"), random);
    KeyPair ca = generator.generateKeyPair();
    cryptography = new Cryptography(provider());
    LocalSigningKey key = new KeyFiles(new char[0], random, cryptography).signing(ca);
    Instant now = clock.instant();
    CaChain chain =
        CaChain.newRoot(TD, key, now.minusSeconds(60), now.plus(Duration.ofDays(3650)), random);
    authority =
        new LocalCertificateAuthority(
            TD,
            chain,
            key,
            clock,
            random,
            cryptography,
            new ExpiryWarning(chain, CaObserver.logging()));
    jwt = new LocalJwtAuthority(TD, key, clock);
    verifier = new X509SvidVerifier(BundleSet.of(authority.trustBundle()), clock);
    List<KeyPair> fresh = new ArrayList<>();
    der = new ArrayList<>();
    pem = new ArrayList<>();
    for (int i = 0; i < REQUESTS; i++) {
      KeyPair keys = generator.generateKeyPair();
      fresh.add(keys);
      pem.add(CertificateRequest.create(keys, ID).toPem());
      der.add(Pem.decode("CERTIFICATE REQUEST", pem.get(i)));
    }
    bound = new Bound(provider(), ca, fresh);
  }

  private int next() {
    return turn.getAndIncrement() & (REQUESTS - 1);
  }

  private X509Svid issue(CertificateRequest request) {
    return authority.issue(
        SvidTemplate.builder()
            .id(ID)
            .publicKey(request.publicKey())
            .ttl(Duration.ofHours(24))
            .build());
  }

  /** A request in DER to a leaf in DER. */
  @Benchmark
  public byte[] issueDer() throws CertificateException {
    return issue(CertificateRequest.parse(der.get(next()), cryptography)).leaf().getEncoded();
  }

  /** A request in PEM to a chain in PEM, as the certificate service has it. */
  @Benchmark
  public String issuePem() {
    return Pem.encode(issue(CertificateRequest.parse(pem.get(next()), cryptography)).chain());
  }

  /** A new leaf, and its verification as a peer does it, which has never seen it. */
  @Benchmark
  public SpiffeId issueAndVerify() throws CertificateException {
    return verifier.verify(issue(CertificateRequest.parse(der.get(next()), cryptography)).chain());
  }

  /** A token, verified after it was signed. */
  @Benchmark
  public JwtSvid mintJwt() {
    return jwt.mint(JwtSvidTemplate.builder().id(ID).addAudience("db").build());
  }

  @Benchmark
  public byte[] bound() throws GeneralSecurityException {
    return bound.run(next());
  }
}
