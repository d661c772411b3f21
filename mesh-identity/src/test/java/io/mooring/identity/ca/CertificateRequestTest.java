package io.mooring.identity.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.identity.Pem;
import io.mooring.model.spiffe.SpiffeId;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.spec.RSAKeyGenParameterSpec;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.bouncycastle.asn1.ASN1InputStream;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CertificateRequestTest {

  private static final String ID = "spiffe://td/ns/demo/sa/a";
  private static final byte[] GOOD = Csr.p256().uri(ID).der();

  private static Arguments bad(String what, String expected, Supplier<String> pem) {
    return Arguments.of(what, expected, pem);
  }

  private static String pem(byte[] der) {
    return Pem.encode("CERTIFICATE REQUEST", der);
  }

  static Stream<Arguments> badRequests() {
    return Stream.of(
        bad("empty", "exactly one", () -> ""),
        bad("no PEM", "exactly one", () -> "hello"),
        bad("NUL in the PEM", "exactly one", () -> pem(GOOD).replace("A", "\0")),
        bad("two blocks", "exactly one", () -> pem(GOOD) + pem(GOOD)),
        bad("other label", "'CERTIFICATE'", () -> Pem.encode("CERTIFICATE", GOOD)),
        bad("1 MiB", "at most 16384", () -> "A".repeat(1 << 20)),
        bad("data after the end", "", () -> pem(Arrays.copyOf(GOOD, GOOD.length + 1))),
        bad("cut short", "unreadable", () -> pem(Arrays.copyOf(GOOD, GOOD.length - 1))),
        bad("BER, indefinite length", "", () -> pem(indefinite(GOOD))),
        bad("one bit of the signature", "", () -> pem(flipped(GOOD, GOOD.length - 1))),
        bad(
            "signed by another key",
            "no proof of possession",
            () -> Csr.p256().signedBy(Csr.ec("secp256r1")).pem()),
        bad("RSA-1024", "RSA key of 1024 bits", () -> Csr.of(Csr.keys("RSA", 1024)).pem()),
        bad("RSA-1536", "RSA key of 1536 bits", () -> Csr.of(Csr.keys("RSA", 1536)).pem()),
        bad("RSA, e = 3", "exponent of 2 bits", () -> Csr.of(rsa(BigInteger.valueOf(3))).pem()),
        bad("secp256k1", "elliptic curve", () -> Csr.of(Csr.ec("secp256k1")).pem()),
        bad("P-192", "elliptic curve", () -> Csr.of(Csr.ec("secp192r1")).pem()),
        bad("P-521", "elliptic curve", () -> Csr.of(Csr.ec("secp521r1")).pem()),
        bad("Ed25519", "key algorithm", () -> Csr.of(Csr.keys("Ed25519", 0)).pem()),
        bad("DSA", "key algorithm", () -> Csr.of(Csr.keys("DSA", 1024)).pem()),
        bad(
            "SHA-1",
            "signature algorithm",
            () -> Csr.of(Csr.keys("RSA", 2048)).algorithm("SHA1withRSA").pem()),
        bad(
            "MD5",
            "signature algorithm",
            () -> Csr.of(Csr.keys("RSA", 2048)).algorithm("MD5withRSA").pem()),
        bad("two URI names", "2 URI names", () -> Csr.p256().uri(ID).uri(ID + "2").pem()),
        bad("DNS name", "type 2", () -> Csr.p256().name(GeneralName.dNSName, "a.b").pem()),
        bad("IP name", "type 7", () -> Csr.p256().name(GeneralName.iPAddress, "10.0.0.1").pem()),
        bad("e-mail", "type 1", () -> Csr.p256().name(GeneralName.rfc822Name, "a@b").pem()),
        bad(
            "CA",
            "request for a CA",
            () ->
                Csr.p256()
                    .extension(Extension.basicConstraints, true, new BasicConstraints(true))
                    .pem()),
        bad(
            "keyCertSign",
            "key usage of a CA",
            () ->
                Csr.p256()
                    .extension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign))
                    .pem()),
        bad(
            "cRLSign",
            "key usage of a CA",
            () ->
                Csr.p256()
                    .extension(Extension.keyUsage, false, new KeyUsage(KeyUsage.cRLSign))
                    .pem()),
        bad(
            "unknown critical extension",
            "critical extension 1.2.3.4",
            () ->
                Csr.p256()
                    .extension(new ASN1ObjectIdentifier("1.2.3.4"), true, DERNull.INSTANCE)
                    .pem()),
        bad(
            "64 KiB of attributes",
            "at most 16384",
            () ->
                Csr.p256()
                    .extension(
                        new ASN1ObjectIdentifier("1.2.3.4"),
                        false,
                        new DEROctetString(new byte[65_536]))
                    .pem()),
        bad("10,000 names", "at most 16384", CertificateRequestTest::manyNames));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("badRequests")
  void badRequestIsRefused(String what, String expected, Supplier<String> pem) {
    String text = pem.get();
    assertThatThrownBy(() -> CertificateRequest.parse(text))
        .as(what)
        .isInstanceOf(InvalidCertificateRequestException.class)
        .hasMessageContaining(expected);
  }

  /** Whatever a caller sends is either a request or one kind of exception. */
  @Property
  void anyChangedByteIsARefusal(@ForAll @IntRange(max = 10_000) int at, @ForAll byte value) {
    byte[] der = GOOD.clone();
    int index = at % der.length;
    der[index] = value;
    if (Arrays.equals(der, GOOD)) {
      assertThat(CertificateRequest.parse(pem(der)).requestedUri()).contains(ID);
    } else {
      assertThatThrownBy(() -> CertificateRequest.parse(pem(der)))
          .isInstanceOf(InvalidCertificateRequestException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"secp256r1", "secp384r1"})
  void acceptedCurvesAreAccepted(String curve) {
    KeyPair keys = Csr.ec(curve);
    CertificateRequest request = CertificateRequest.parse(Csr.of(keys).uri(ID).pem());
    assertThat(request.publicKey()).isEqualTo(keys.getPublic());
    assertThat(request.requestedUri()).contains(ID);
  }

  /** Istio's agent: RSA-2048 unless told else. */
  @Test
  void istioAgentsRequestIsAccepted() {
    KeyPair keys = Csr.keys("RSA", 2048);
    CertificateRequest request = CertificateRequest.parse(Csr.of(keys).uri(ID).pem());
    assertThat(request.publicKey().getEncoded()).isEqualTo(keys.getPublic().getEncoded());
  }

  @Test
  void subjectIsIgnored() {
    assertThat(CertificateRequest.parse(Csr.p256().subject("CN=admin").pem()).requestedUri())
        .isEmpty();
  }

  @Test
  void turkishLocaleChangesNothing() {
    Locale before = Locale.getDefault();
    Locale.setDefault(new Locale("tr"));
    try {
      assertThat(CertificateRequest.parse(pem(GOOD)).requestedUri()).contains(ID);
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void ownRequestIsOneThatWeAccept() {
    KeyPair keys = WorkloadKey.generate(new SecureRandom());
    CertificateRequest made = CertificateRequest.create(keys, SpiffeId.parse(ID));
    CertificateRequest read = CertificateRequest.parse(made.toPem());
    assertThat(read.requestedUri()).contains(ID);
    assertThat(read.keyDigest()).isEqualTo(made.keyDigest()).hasSize(64);
    assertThat(read.publicKey().getEncoded()).isEqualTo(keys.getPublic().getEncoded());
  }

  private static byte[] flipped(byte[] der, int at) {
    byte[] copy = der.clone();
    copy[at] ^= 1;
    return copy;
  }

  private static byte[] indefinite(byte[] der) {
    try (ASN1InputStream in = new ASN1InputStream(der)) {
      byte[] content = Arrays.copyOfRange(der, der[1] == (byte) 0x82 ? 4 : 3, der.length);
      assertThat(in.readObject()).isNotNull();
      byte[] ber = new byte[content.length + 4];
      ber[0] = 0x30;
      ber[1] = (byte) 0x80;
      System.arraycopy(content, 0, ber, 2, content.length);
      return ber;
    } catch (java.io.IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyPair rsa(BigInteger exponent) {
    try {
      var generator = java.security.KeyPairGenerator.getInstance("RSA");
      generator.initialize(new RSAKeyGenParameterSpec(2048, exponent));
      return generator.generateKeyPair();
    } catch (java.security.GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String manyNames() {
    Csr csr = Csr.p256();
    for (int i = 0; i < 10_000; i++) {
      csr.uri("spiffe://td/w" + i);
    }
    return csr.pem();
  }
}
