package io.mooring.identity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.util.Base64URL;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.text.ParseException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** One element of a SPIFFE bundle: a JWK (RFC 7517) of an EC or RSA key. Pure. */
final class JwkJson {

  static final String X509_USE = "x509-svid"; // X509-SVID 6.1
  static final String JWT_USE = "jwt-svid"; // JWT-SVID 6.1

  private static final List<Curve> CURVES = List.of(Curve.P_256, Curve.P_384, Curve.P_521);
  private static final List<String> KEY_MEMBERS = List.of("kty", "crv", "x", "y", "n", "e");
  private static final Set<String> CURVE_NAMES = Set.of("P-256", "P-384", "P-521");

  private JwkJson() {}

  /** Returns whether the element's type is one that SVIDs are signed with (4.2.1). */
  static boolean isKnownType(JsonNode element) {
    return switch (element.path("kty").asText()) {
      case "RSA" -> true;
      case "EC" -> CURVE_NAMES.contains(element.path("crv").asText());
      default -> false;
    };
  }

  /**
   * Returns the first certificate of {@code x5c}; empty where there is none (X509-SVID 6.2).
   *
   * @throws IllegalArgumentException if it is unreadable or not that of the element's key
   */
  static Optional<X509Certificate> certificate(JsonNode element) {
    JsonNode first = element.path("x5c").path(0);
    if (first.isMissingNode()) {
      return Optional.empty();
    }
    byte[] der;
    try {
      der = Base64.getDecoder().decode(first.asText());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("x5c[0] is no base64", e);
    }
    X509Certificate certificate = Pem.certificate(der);
    if (!Arrays.equals(
        certificate.getPublicKey().getEncoded(), publicKey(element).getEncoded())) { // RFC 7517 4.7
      throw new IllegalArgumentException("x5c[0] is not the certificate of this key");
    }
    return Optional.of(certificate);
  }

  static PublicKey publicKey(JsonNode element) {
    ObjectNode key = JsonNodeFactory.instance.objectNode();
    for (String member : KEY_MEMBERS) {
      if (element.has(member)) {
        key.set(member, element.get(member));
      }
    }
    try {
      return ((AsymmetricJWK) JWK.parse(key.toString())).toPublicKey();
    } catch (ParseException | JOSEException | RuntimeException e) {
      // The library leaves some checks to constructors that throw unchecked exceptions.
      throw new IllegalArgumentException("unreadable key: " + e.getMessage(), e);
    }
  }

  /** Returns the element of a root: {@code x5c}, and no {@code kid}. */
  static ObjectNode of(X509Certificate root) {
    ObjectNode element = of(root.getPublicKey());
    element.put("use", X509_USE);
    try {
      element.putArray("x5c").add(Base64.getEncoder().encodeToString(root.getEncoded()));
    } catch (CertificateEncodingException e) {
      throw new IllegalArgumentException(
          "root '" + root.getSubjectX500Principal() + "' has no encoding", e);
    }
    return element;
  }

  static ObjectNode of(String id, PublicKey key) {
    return of(key).put("use", JWT_USE).put("kid", id);
  }

  private static ObjectNode of(PublicKey key) {
    ObjectNode element = JsonNodeFactory.instance.objectNode();
    if (key instanceof RSAPublicKey rsa) {
      return element
          .put("kty", "RSA")
          .put("n", Base64URL.encode(rsa.getModulus()).toString())
          .put("e", Base64URL.encode(rsa.getPublicExponent()).toString());
    }
    if (key instanceof ECPublicKey ec) {
      Curve curve = Curve.forECParameterSpec(ec.getParams());
      int fieldBits = ec.getParams().getCurve().getField().getFieldSize();
      if (CURVES.contains(curve)) {
        return element
            .put("kty", "EC")
            .put("crv", curve.getName())
            .put("x", ECKey.encodeCoordinate(fieldBits, ec.getW().getAffineX()).toString())
            .put("y", ECKey.encodeCoordinate(fieldBits, ec.getW().getAffineY()).toString());
      }
    }
    throw new IllegalArgumentException(
        "key of '" + key.getAlgorithm() + "' (expected: RSA, P-256, P-384 or P-521)");
  }
}
