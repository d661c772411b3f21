package io.mooring.identity.agent.svid;

import io.mooring.identity.Pem;
import io.mooring.model.spiffe.SpiffeId;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/**
 * The certificate request of a VM. The name in it grants nothing, the issuer takes the identity
 * from the token or the client certificate; but an issuer that would give another one refuses,
 * before it uses up a token that was meant for another group.
 */
final class SvidRequest {

  private SvidRequest() {}

  /** Returns a new P-256 key pair. */
  static KeyPair newKey() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK makes no P-256 key", e);
    }
  }

  /** Returns the PKCS#10 request of {@code identity} for {@code key}, signed by it, as PEM. */
  static String pem(KeyPair key, SpiffeId identity) {
    try {
      GeneralName name =
          new GeneralName(GeneralName.uniformResourceIdentifier, identity.toString());
      ExtensionsGenerator extensions = new ExtensionsGenerator();
      extensions.addExtension(Extension.subjectAlternativeName, true, new GeneralNames(name));
      byte[] request =
          new JcaPKCS10CertificationRequestBuilder(new X500Principal(""), key.getPublic())
              .addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate())
              .build(new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate()))
              .getEncoded();
      return Pem.encode("CERTIFICATE REQUEST", request);
    } catch (OperatorCreationException | IOException e) {
      throw new IllegalStateException("certificate request cannot be signed", e);
    }
  }
}
