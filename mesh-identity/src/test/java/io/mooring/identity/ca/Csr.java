package io.mooring.identity.ca;

import io.mooring.identity.Pem;
import java.io.IOException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequestBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/** Makes requests that our own agent never would. Not thread-safe. */
public final class Csr {

  private static final BouncyCastleProvider PROVIDER = new BouncyCastleProvider();

  private final KeyPair keys;
  private final List<GeneralName> names = new ArrayList<>();
  private final ExtensionsGenerator extensions = new ExtensionsGenerator();
  private KeyPair signer;
  private String subject = "";
  private String algorithm;

  private Csr(KeyPair keys) {
    this.keys = keys;
    this.signer = keys;
    this.algorithm = defaultAlgorithm(keys);
  }

  private static String defaultAlgorithm(KeyPair keys) {
    return switch (keys.getPublic().getAlgorithm()) {
      case "RSA" -> "SHA256withRSA";
      case "EC", "ECDSA" -> "SHA256withECDSA";
      case "DSA" -> "SHA256withDSA";
      default -> "Ed25519";
    };
  }

  public static Csr of(KeyPair keys) {
    return new Csr(keys);
  }

  public static Csr p256() {
    return of(ec("secp256r1"));
  }

  public static KeyPair ec(String curve) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", PROVIDER);
      generator.initialize(new ECGenParameterSpec(curve));
      return generator.generateKeyPair();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  public static KeyPair keys(String algorithm, int bits) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm, PROVIDER);
      if (bits > 0) {
        generator.initialize(bits);
      }
      return generator.generateKeyPair();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  public Csr signedBy(KeyPair other) {
    signer = other;
    return this;
  }

  public Csr algorithm(String name) {
    algorithm = name;
    return this;
  }

  public Csr subject(String name) {
    subject = name;
    return this;
  }

  public Csr uri(String uri) {
    return name(GeneralName.uniformResourceIdentifier, uri);
  }

  public Csr name(int type, String name) {
    names.add(new GeneralName(type, name));
    return this;
  }

  public Csr extension(ASN1ObjectIdentifier id, boolean critical, ASN1Encodable value) {
    try {
      extensions.addExtension(id, critical, value);
      return this;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  public byte[] der() {
    try {
      PKCS10CertificationRequestBuilder builder =
          new JcaPKCS10CertificationRequestBuilder(new X500Name(subject), keys.getPublic());
      if (!names.isEmpty()) {
        extension(
            Extension.subjectAlternativeName,
            true,
            new GeneralNames(names.toArray(GeneralName[]::new)));
      }
      if (!extensions.isEmpty()) {
        builder.addAttribute(
            PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate());
      }
      return builder
          .build(
              new JcaContentSignerBuilder(algorithm)
                  .setProvider(PROVIDER)
                  .build(signer.getPrivate()))
          .getEncoded();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  public String pem() {
    return Pem.encode("CERTIFICATE REQUEST", der());
  }
}
