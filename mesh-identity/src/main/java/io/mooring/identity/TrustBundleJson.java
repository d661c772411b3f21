package io.mooring.identity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mooring.model.spiffe.TrustDomain;
import java.math.BigInteger;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The SPIFFE bundle format. Pure.
 *
 * <p>What is unknown is ignored, element by element; what is known and broken refuses the whole: a
 * bundle that lost a key unnoticed would revoke what that key vouches for.
 */
final class TrustBundleJson {

  private static final int MAX_LENGTH = 1 << 20;
  private static final long MAX_HINT_SECONDS = Duration.ofDays(3650).toSeconds();
  private static final String KEYS = "keys";
  private static final String SEQUENCE = "spiffe_sequence";
  private static final String HINT = "spiffe_refresh_hint";

  private TrustBundleJson() {}

  static TrustBundle parse(TrustDomain trustDomain, String json) {
    return parse(
        trustDomain, SpiffeJson.object("bundle of '" + trustDomain + "'", json, MAX_LENGTH));
  }

  static TrustBundle parse(TrustDomain trustDomain, ObjectNode bundle) {
    if (!(bundle.get(KEYS) instanceof ArrayNode elements)) {
      throw new IllegalArgumentException(
          "bundle of '" + trustDomain + "' has no array 'keys' (SPIFFE bundle 4.1.3)");
    }
    List<X509Certificate> roots = new ArrayList<>();
    Map<String, PublicKey> jwtKeys = new TreeMap<>();
    for (int i = 0; i < elements.size(); i++) {
      try {
        read(elements.get(i), roots, jwtKeys);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "bundle of '" + trustDomain + "': keys[" + i + "]: " + e.getMessage(), e);
      }
    }
    return new TrustBundle(trustDomain, roots, jwtKeys, sequence(bundle), refreshHint(bundle));
  }

  private static void read(
      JsonNode element, List<X509Certificate> roots, Map<String, PublicKey> jwtKeys) {
    if (!JwkJson.isKnownType(element)) {
      return;
    }
    switch (element.path("use").asText()) { // case-sensitive (4.2.2)
      case JwkJson.X509_USE ->
          JwkJson.certificate(element).filter(root -> !roots.contains(root)).ifPresent(roots::add);
      case JwkJson.JWT_USE -> {
        String id = element.path("kid").asText();
        if (!element.path("kid").isTextual() || id.isEmpty()) {
          throw new IllegalArgumentException("JWT key without 'kid' (JWT-SVID 6.1)");
        }
        if (jwtKeys.put(id, JwkJson.publicKey(element)) != null) {
          throw new IllegalArgumentException("second key with this 'kid'");
        }
      }
      default -> {
        // an SVID type of the future, or none: not ours to judge (4.2.2)
      }
    }
  }

  private static Optional<BigInteger> sequence(ObjectNode bundle) {
    return integer(bundle, SEQUENCE);
  }

  static Optional<Duration> refreshHint(ObjectNode bundle) {
    Optional<BigInteger> seconds = integer(bundle, HINT);
    if (seconds.isPresent()
        && (seconds.get().signum() < 0
            || seconds.get().compareTo(BigInteger.valueOf(MAX_HINT_SECONDS)) > 0)) {
      throw new IllegalArgumentException(
          HINT
              + " "
              + SpiffeJson.shown(bundle.get(HINT))
              + " (expected: 0 to "
              + MAX_HINT_SECONDS
              + " seconds)");
    }
    return seconds.map(value -> Duration.ofSeconds(value.longValueExact()));
  }

  private static Optional<BigInteger> integer(ObjectNode bundle, String name) {
    JsonNode value = bundle.get(name);
    if (value == null || value.isNull()) {
      return Optional.empty();
    }
    if (!value.isIntegralNumber()) {
      throw new IllegalArgumentException(
          name + " " + SpiffeJson.shown(value) + " (expected: an integer)");
    }
    return Optional.of(value.bigIntegerValue());
  }

  static String print(TrustBundle bundle) {
    return SpiffeJson.print(tree(bundle));
  }

  static ObjectNode tree(TrustBundle bundle) {
    ObjectNode tree = JsonNodeFactory.instance.objectNode();
    ArrayNode keys = tree.putArray(KEYS);
    bundle.roots().forEach(root -> keys.add(JwkJson.of(root)));
    bundle.jwtKeys().forEach((id, key) -> keys.add(JwkJson.of(id, key)));
    bundle.sequence().ifPresent(number -> tree.put(SEQUENCE, number));
    bundle.refreshHint().ifPresent(hint -> tree.put(HINT, hint.toSeconds()));
    return tree;
  }
}
