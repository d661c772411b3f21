package io.mooring.identity.attest.jointoken;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A join token: a public id and a secret. Immutable; {@link #reveal} alone shows the secret.
 *
 * <p>Its text is {@code id.secret}, 16 hexadecimal digits and 43 characters of base64url: safe in a
 * header, a file name or a shell word.
 */
public final class JoinToken {

  private static final int ID_BYTES = 8;
  private static final int SECRET_BYTES = 32;
  private static final Pattern FORM = Pattern.compile("([0-9a-f]{16})\\.([A-Za-z0-9_-]{43})");

  private final String id;
  private final String secret;

  private JoinToken(String id, String secret) {
    this.id = id;
    this.secret = secret;
  }

  static JoinToken random(SecureRandom random) {
    byte[] id = new byte[ID_BYTES];
    byte[] secret = new byte[SECRET_BYTES];
    random.nextBytes(id);
    random.nextBytes(secret);
    return new JoinToken(
        HexFormat.of().formatHex(id),
        Base64.getUrlEncoder().withoutPadding().encodeToString(secret));
  }

  /** Returns the token that {@code text} spells, byte for byte; empty if it has another form. */
  static Optional<JoinToken> parse(String text) {
    Matcher form = FORM.matcher(text);
    return form.matches()
        ? Optional.of(new JoinToken(form.group(1), form.group(2)))
        : Optional.empty();
  }

  /** Returns the id: for lists, logs and revocation. */
  public String id() {
    return id;
  }

  /** Returns the whole token, for the one who may use it. */
  public String reveal() {
    return id + "." + secret;
  }

  /** Returns the SHA-256 of the secret, which has 256 random bits: no salt, no stretching. */
  String secretDigest() {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.US_ASCII));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  @Override
  public String toString() {
    return "JoinToken[" + id + "]";
  }
}
