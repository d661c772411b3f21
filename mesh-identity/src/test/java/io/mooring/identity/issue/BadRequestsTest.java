package io.mooring.identity.issue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.identity.BadInput;
import io.mooring.identity.Pem;
import io.mooring.identity.X509Svid;
import io.mooring.identity.attest.RefusalReason;
import io.mooring.identity.attest.jointoken.JoinToken;
import io.mooring.identity.ca.CertificateAuthorityException;
import io.mooring.identity.ca.Csr;
import io.mooring.identity.ca.SvidTemplate;
import io.mooring.model.spiffe.InvalidSpiffeIdException;
import io.mooring.model.spiffe.SpiffeId;
import io.mooring.model.spiffe.TrustDomain;
import io.mooring.testkit.FakeClock;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PublicKey;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.pkcs.CertificationRequestInfo;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.sec.SECNamedCurves;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Groups 1 to 18: hostile certificate requests, from a caller with a good token. */
class BadRequestsTest {

  private static final String ID = "spiffe://cluster.local/ns/demo/sa/bookinfo-ratings";
  private static final KeyPair KEYS = Csr.ec("secp256r1");

  @TempDir Path temporary;

  private final FakeClock clock = new FakeClock();
  private IssuerFixture fixture;
  private RefusalProbe probe;
  private JoinToken token;

  @BeforeEach
  void open() throws IOException {
    fixture = new IssuerFixture(temporary, clock);
    probe = new RefusalProbe(fixture, temporary);
    token = fixture.token("demo", "ratings");
  }

  private void refused(RefusalReason reason, String csr) {
    refused(reason, csr, 0);
  }

  private void refused(RefusalReason reason, String csr, long seconds) {
    SvidRequest request = new SvidRequest(csr, seconds, "10.0.0.1");
    String secret = token.reveal().substring(17);
    probe.refused(reason, () -> fixture.issuer.join(token.reveal(), request), secret);
  }

  private void bad(String csr) {
    refused(RefusalReason.BAD_REQUEST, csr);
  }

  private static String pem(byte[] der) {
    return Pem.encode("CERTIFICATE REQUEST", der);
  }

  private static byte[] good() {
    return Csr.of(KEYS).uri(ID).der();
  }

  @Test
  @BadInput({1, 2})
  void requestThatItsKeyDidNotSign() {
    bad(Csr.p256().uri(ID).signedBy(KEYS).pem());
    byte[] der = good();
    der[der.length - 1] ^= 1;
    bad(pem(der));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "spiffe://cluster.local/ns/demo/sa/admin", // CVE-2021-27098
        "spiffe://cluster.local/ns/istio-system/sa/mooring",
        "spiffe://other.domain/ns/demo/sa/bookinfo-ratings",
        "spiffe://cluster.local.evil/ns/demo/sa/bookinfo-ratings"
      })
  @BadInput({3, 4})
  void requestForAnotherIdentity(String asked) {
    refused(RefusalReason.OTHER_IDENTITY, Csr.of(KEYS).uri(asked).pem());
  }

  @Test
  @BadInput(5)
  void requestForOtherNames() {
    bad(Csr.of(KEYS).uri(ID).uri("spiffe://cluster.local/x").pem());
    bad(Csr.of(KEYS).uri(ID).name(GeneralName.dNSName, "istiod.istio-system.svc").pem());
    bad(Csr.of(KEYS).name(GeneralName.iPAddress, "10.0.0.1").pem());
    bad(Csr.of(KEYS).name(GeneralName.rfc822Name, "root@example.org").pem());
    GeneralName other =
        new GeneralName(
            GeneralName.otherName,
            new DERSequence(
                new ASN1Encodable[] {
                  new ASN1ObjectIdentifier("1.3.6.1.4.1.311.20.2.3"),
                  new org.bouncycastle.asn1.DERTaggedObject(0, new DERUTF8String("root@x"))
                }));
    bad(
        Csr.of(KEYS)
            .extension(Extension.subjectAlternativeName, true, new GeneralNames(other))
            .pem());
  }

  @Test
  @BadInput(6)
  void requestForThePowersOfACa() {
    bad(Csr.of(KEYS).extension(Extension.basicConstraints, true, new BasicConstraints(true)).pem());
    bad(Csr.of(KEYS).extension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign)).pem());
    GeneralSubtree everything =
        new GeneralSubtree(new GeneralName(GeneralName.uniformResourceIdentifier, "evil"));
    bad(
        Csr.of(KEYS)
            .extension(
                Extension.nameConstraints,
                true,
                new NameConstraints(new GeneralSubtree[] {everything}, null))
            .pem());
    bad(Csr.of(KEYS).extension(new ASN1ObjectIdentifier("1.2.3.4"), true, DERNull.INSTANCE).pem());
  }

  /** A subject is not refused, since agents send one, but it gets nobody anything. */
  @Test
  @BadInput(7)
  void subjectOfTheCallersChoice() {
    X509Svid svid =
        fixture.issuer.join(
            token.reveal(),
            new SvidRequest(Csr.of(KEYS).subject("CN=admin,O=system:masters").pem(), 0, "p"));
    assertThat(svid.leaf().getSubjectX500Principal().getName()).isEmpty();
    assertThat(svid.id()).hasToString(ID);
  }

  @Test
  @BadInput({8, 9})
  void rsaKeyThatIsTooShortTooLongOrNoKey() {
    bad(Csr.of(Csr.keys("RSA", 1024)).pem());
    bad(Csr.of(Csr.keys("RSA", 1536)).pem());
    BigInteger modulus =
        ((java.security.interfaces.RSAPublicKey) Csr.keys("RSA", 2048).getPublic()).getModulus();
    for (BigInteger exponent :
        List.of(BigInteger.ONE, BigInteger.TWO, BigInteger.valueOf(65_536))) {
      bad(unsigned(rsa(modulus, exponent), PKCSObjectIdentifiers.sha256WithRSAEncryption));
    }
    BigInteger huge = BigInteger.ONE.shiftLeft(16_383).add(BigInteger.ONE);
    bad(
        unsigned(
            rsa(huge, BigInteger.valueOf(65_537)), PKCSObjectIdentifiers.sha256WithRSAEncryption));
  }

  private static SubjectPublicKeyInfo rsa(BigInteger modulus, BigInteger exponent) {
    try {
      return new SubjectPublicKeyInfo(
          new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
          new RSAPublicKey(modulus, exponent));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static SubjectPublicKeyInfo ec(ASN1Encodable curve, byte[] point) {
    return new SubjectPublicKeyInfo(
        new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, curve), point);
  }

  /** Returns a request whose key nobody has, with a signature of zeros. */
  private static String unsigned(SubjectPublicKeyInfo key, ASN1ObjectIdentifier algorithm) {
    try {
      CertificationRequestInfo info =
          new CertificationRequestInfo(new X500Name(""), key, new org.bouncycastle.asn1.DERSet());
      return pem(
          new DERSequence(
                  new ASN1Encodable[] {
                    info, new AlgorithmIdentifier(algorithm), new DERBitString(new byte[64])
                  })
              .getEncoded("DER"));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  @BadInput({10, 11})
  void keyOfAnotherKind() {
    for (String curve : List.of("secp192r1", "secp256k1", "secp521r1")) {
      bad(Csr.of(Csr.ec(curve)).pem());
    }
    bad(Csr.of(Csr.keys("Ed25519", 0)).pem());
    bad(Csr.of(Csr.keys("Ed448", 0)).algorithm("Ed448").pem());
    bad(Csr.of(Csr.keys("DSA", 1024)).pem());
    ASN1ObjectIdentifier signature = X9ObjectIdentifiers.ecdsa_with_SHA256;
    byte[] point =
        SubjectPublicKeyInfo.getInstance(encoded(KEYS.getPublic())).getPublicKeyData().getBytes();
    bad(unsigned(ec(SECNamedCurves.getByName("secp256r1"), point), signature)); // explicit
    byte[] off = point.clone();
    off[40] ^= 1;
    bad(unsigned(ec(SECObjectIdentifiers.secp256r1, off), signature)); // not on the curve
    bad(unsigned(ec(SECObjectIdentifiers.secp256r1, new byte[] {0}), signature)); // infinity
  }

  private static byte[] encoded(PublicKey key) {
    return key.getEncoded();
  }

  @Test
  @BadInput(12)
  void requestSignedWithABrokenDigest() {
    KeyPair rsa = Csr.keys("RSA", 2048);
    bad(Csr.of(rsa).algorithm("SHA1withRSA").pem());
    bad(Csr.of(rsa).algorithm("MD5withRSA").pem());
    bad(Csr.of(KEYS).algorithm("SHA1withECDSA").pem());
  }

  @Test
  @BadInput(13)
  void requestOfGreatSize() {
    bad("A".repeat(1 << 20));
    bad(pem(new byte[1 << 20]));
    bad(
        Csr.of(KEYS)
            .extension(
                new ASN1ObjectIdentifier("1.2.3.4"), false, new DEROctetString(new byte[65_536]))
            .pem());
    Csr names = Csr.of(KEYS);
    for (int i = 0; i < 10_000; i++) {
      names.uri("spiffe://cluster.local/" + i);
    }
    bad(names.pem());
  }

  @Test
  @BadInput(14)
  void requestThatIsNotOneBlockOfDer() {
    byte[] der = good();
    bad(pem(Arrays.copyOf(der, der.length + 1)));
    bad(pem(der) + pem(der));
    bad(pem(der).replace("A", "\0"));
    byte[] indefinite = new byte[der.length];
    indefinite[0] = 0x30;
    indefinite[1] = (byte) 0x80;
    System.arraycopy(der, 4, indefinite, 2, der.length - 4);
    bad(pem(indefinite));
  }

  /** Zero is no lifetime but Istio's way to leave it out. */
  @ParameterizedTest
  @ValueSource(longs = {-1, Long.MIN_VALUE, Long.MAX_VALUE, 90L * 86_400 + 1})
  @BadInput(15)
  void lifetimeThatNoCertificateCanHave(long seconds) {
    refused(RefusalReason.BAD_LIFETIME, pem(good()), seconds);
  }

  @Test
  @BadInput(16)
  void signerThatEndsFirst() {
    clock.advance(Duration.ofDays(3650).minusMinutes(10));
    JoinToken late = fixture.token("demo", "ratings");
    SvidRequest request = new SvidRequest(pem(good()), 0, "p");
    X509Svid clamped = fixture.issuer.join(late.reveal(), request);
    assertThat(clamped.notAfter())
        .isEqualTo(fixture.authority.trustBundle().roots().get(0).getNotAfter().toInstant())
        .isBefore(clock.instant().plus(Duration.ofHours(1)));
    clock.advance(Duration.ofMinutes(10));
    JoinToken tooLate = fixture.token("demo", "ratings");
    assertThatThrownBy(() -> fixture.issuer.join(tooLate.reveal(), request))
        .isInstanceOf(CertificateAuthorityException.class);
    assertThat(fixture.lastDecision().refusal()).contains(RefusalReason.UNAVAILABLE);
    assertThat(fixture.lastDecision().serial()).isEmpty();
  }

  private static final List<String> NO_IDENTITIES =
      List.of(
          "spiffe://td/ns/a/sa/b,spiffe://td/x",
          "spiffe://td/ns/a b/sa/c",
          "spiffe://td/ns/a%2fb/sa/c",
          "spiffe://td/ns/../sa/c",
          "spiffe://td/ns//sa/c",
          "spiffe://td/ns/a/sa/b/",
          "spiffe://TD/ns/a/sa/b",
          "spiffe://td/ns/a\0/sa/b",
          "spiffe://td/ns/a\n/sa/b",
          "spiffe://\u212aube/ns/a/sa/b",
          "spiffe://\u0130stio/ns/a/sa/b",
          "sp\u0131ffe://td/ns/a/sa/b",
          "spiffe://" + "a".repeat(256) + "/x",
          "spiffe://td/" + "a".repeat(2049 - 12));

  @ParameterizedTest
  @ValueSource(strings = {"en", "tr"})
  @BadInput(17)
  void textThatSpellsNoIdentity(String language) {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag(language));
    try {
      for (String text : NO_IDENTITIES) {
        assertThatThrownBy(() -> SpiffeId.parse(text))
            .as(text)
            .isInstanceOf(InvalidSpiffeIdException.class);
        refused(RefusalReason.OTHER_IDENTITY, Csr.of(KEYS).uri(text).pem());
      }
    } finally {
      Locale.setDefault(before);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a,spiffe://cluster.local/x", "a b", "a/b", "..", "a%2fb", "\u212a"})
  @BadInput(17)
  void groupWhoseNamesSpellNoIdentity(String account) {
    fixture.group("demo", "ratings", account);
    refused(RefusalReason.INVALID_IDENTITY, Csr.of(KEYS).pem());
  }

  @Test
  @BadInput({17, 18})
  void identityWithoutAPath() {
    refused(RefusalReason.OTHER_IDENTITY, Csr.of(KEYS).uri("spiffe://cluster.local").pem());
    SpiffeId root = new SpiffeId(new TrustDomain("cluster.local"), "");
    assertThatThrownBy(
            () ->
                SvidTemplate.builder()
                    .id(root)
                    .publicKey(KEYS.getPublic())
                    .ttl(Duration.ofHours(1))
                    .build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("with a path");
  }
}
