package io.mooring.identity.attest;

import io.mooring.identity.Pem;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.asn1.cms.IssuerAndSerialNumber;
import org.bouncycastle.asn1.cms.SignedData;
import org.bouncycastle.asn1.cms.SignerIdentifier;
import org.bouncycastle.asn1.cms.SignerInfo;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Certificate;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.cms.jcajce.JcaSignerInfoGeneratorBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;

/** A PKI of our own: certificates, signed documents and tokens, good and bad. Stateless. */
public final class TestPki {

  private static final AtomicLong SERIAL = new AtomicLong(1);

  private TestPki() {}

  public static KeyPair rsa() {
    return keys("RSA", 2048);
  }

  public static KeyPair ec() {
    return keys("EC", 256);
  }

  private static KeyPair keys(String algorithm, int bits) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
      generator.initialize(bits);
      return generator.generateKeyPair();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** A certificate to be. Not thread-safe. */
  public static final class Draft {
    private final String subject;
    private final KeyPair keys;
    private String issuer;
    private KeyPair issuerKeys;
    private boolean ca;
    private int usage = KeyUsage.digitalSignature;
    private Instant from = Instant.parse("2025-06-01T00:00:00Z");
    private Instant to = Instant.parse("2030-01-01T00:00:00Z");
    private String address = "";
    private final List<GeneralName> names = new ArrayList<>();

    private Draft(String subject, KeyPair keys) {
      this.subject = subject;
      this.keys = keys;
      this.issuer = subject;
      this.issuerKeys = keys;
    }

    public Draft by(X509Certificate certificate, KeyPair itsKeys) {
      issuer = certificate.getSubjectX500Principal().getName();
      issuerKeys = itsKeys;
      return this;
    }

    public Draft ca() {
      ca = true;
      usage = KeyUsage.keyCertSign;
      return this;
    }

    public Draft usage(int bits) {
      usage = bits;
      return this;
    }

    public Draft dns(String name) {
      names.add(new GeneralName(GeneralName.dNSName, name));
      return this;
    }

    public Draft issuerAt(String uri) {
      address = uri;
      return this;
    }

    public Draft valid(Instant start, Instant end) {
      from = start;
      to = end;
      return this;
    }

    public X509Certificate sign() {
      try {
        X509v3CertificateBuilder builder =
            new X509v3CertificateBuilder(
                new X500Name(issuer),
                BigInteger.valueOf(SERIAL.getAndIncrement()),
                Date.from(from),
                Date.from(to),
                new X500Name(subject),
                SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded()));
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(ca));
        if (usage != 0) {
          builder.addExtension(Extension.keyUsage, true, new KeyUsage(usage));
        }
        if (!names.isEmpty()) {
          builder.addExtension(
              Extension.subjectAlternativeName,
              false,
              new GeneralNames(names.toArray(GeneralName[]::new)));
        }
        if (!address.isEmpty()) {
          builder.addExtension(
              Extension.authorityInfoAccess,
              false,
              new AuthorityInformationAccess(
                  AccessDescription.id_ad_caIssuers,
                  new GeneralName(GeneralName.uniformResourceIdentifier, address)));
        }
        String algorithm =
            issuerKeys.getPublic() instanceof RSAPublicKey ? "SHA256withRSA" : "SHA256withECDSA";
        return Pem.certificate(
            builder
                .build(new JcaContentSignerBuilder(algorithm).build(issuerKeys.getPrivate()))
                .getEncoded());
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  public static Draft certificate(String subject, KeyPair keys) {
    return new Draft(subject, keys);
  }

  public static X509Certificate root(String subject, KeyPair keys) {
    return certificate(subject, keys).ca().sign();
  }

  /** One who signs a document. */
  public record Signer(X509Certificate certificate, KeyPair keys) {}

  /** Returns a PKCS#7 as AWS makes them: signed attributes, {@code bag} as it is told. */
  public static byte[] pkcs7(byte[] content, List<Signer> signers, List<X509Certificate> bag) {
    try {
      CMSSignedDataGenerator generator = new CMSSignedDataGenerator();
      for (Signer signer : signers) {
        generator.addSignerInfoGenerator(
            new JcaSignerInfoGeneratorBuilder(new JcaDigestCalculatorProviderBuilder().build())
                .build(
                    new JcaContentSignerBuilder("SHA256withRSA").build(signer.keys().getPrivate()),
                    signer.certificate()));
      }
      for (X509Certificate certificate : bag) {
        generator.addCertificate(
            new org.bouncycastle.cert.X509CertificateHolder(certificate.getEncoded()));
      }
      return generator.generate(new CMSProcessableByteArray(content), true).getEncoded();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns a PKCS#7 as Azure makes them: no attributes, a signature's name for the digest. */
  public static byte[] azurePkcs7(byte[] content, Signer signer, List<X509Certificate> bag) {
    try {
      AlgorithmIdentifier sha256WithRsa =
          new AlgorithmIdentifier(
              new ASN1ObjectIdentifier("1.2.840.113549.1.1.11"), DERNull.INSTANCE);
      Certificate certificate = Certificate.getInstance(signer.certificate().getEncoded());
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(signer.keys().getPrivate());
      signature.update(content);
      SignerInfo info =
          new SignerInfo(
              new SignerIdentifier(new IssuerAndSerialNumber(certificate)),
              sha256WithRsa,
              null,
              new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
              new DEROctetString(signature.sign()),
              (org.bouncycastle.asn1.ASN1Set) null);
      ASN1EncodableVector certificates = new ASN1EncodableVector();
      for (X509Certificate each : bag) {
        certificates.add(Certificate.getInstance(each.getEncoded()));
      }
      SignedData data =
          new SignedData(
              new DERSet(sha256WithRsa),
              new ContentInfo(CMSObjectIdentifiers.data, new DEROctetString(content)),
              new org.bouncycastle.asn1.BERSet(certificates),
              null,
              new DERSet(info));
      return new ContentInfo(CMSObjectIdentifiers.signedData, data).getEncoded("DER");
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns a token with these very headers and claims, signed as RS256 does it. */
  public static String jwt(String header, String claims, KeyPair keys) {
    try {
      String content = base64(header) + "." + base64(claims);
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(keys.getPrivate());
      signature.update(content.getBytes(StandardCharsets.US_ASCII));
      return content
          + "."
          + Base64.getUrlEncoder().withoutPadding().encodeToString(signature.sign());
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  public static String base64(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Returns a JWK set with one RSA key. */
  public static String jwks(String keyId, KeyPair keys) {
    RSAPublicKey key = (RSAPublicKey) keys.getPublic();
    Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
    return "{\"keys\":[{\"kty\":\"RSA\",\"use\":\"sig\",\"alg\":\"RS256\",\"kid\":\""
        + keyId
        + "\",\"n\":\""
        + base64.encodeToString(unsigned(key.getModulus()))
        + "\",\"e\":\""
        + base64.encodeToString(unsigned(key.getPublicExponent()))
        + "\"}]}";
  }

  private static byte[] unsigned(BigInteger number) {
    byte[] bytes = number.toByteArray();
    return bytes[0] == 0 ? java.util.Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
  }
}
