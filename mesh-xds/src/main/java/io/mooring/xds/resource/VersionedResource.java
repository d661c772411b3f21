package io.mooring.xds.resource;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * One encoded resource. Immutable.
 *
 * @param name resource name, not empty
 * @param version prefix of the SHA-256 of the content, in hexadecimal: equal content, equal
 *     version, on every replica
 * @param body the resource, encoded once
 */
public record VersionedResource(String name, String version, Any body) {

  private static final int VERSION_BYTES = 8;

  public VersionedResource {
    requireNonNull(name, "name");
    requireNonNull(version, "version");
    requireNonNull(body, "body");
    if (name.isEmpty()) {
      throw new IllegalArgumentException("name: '' (expected: not empty)");
    }
  }

  /**
   * Returns {@code message} under {@code name}, encoded deterministically and versioned by content.
   */
  public static VersionedResource of(String name, Message message) {
    return of(name, Pack.any(message));
  }

  /** Returns an encoded resource of any type under {@code name}, versioned by content. */
  public static VersionedResource of(String name, Any body) {
    return new VersionedResource(name, hash(body), body);
  }

  private static String hash(Any body) {
    MessageDigest sha256;
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
    sha256.update(body.getValue().asReadOnlyByteBuffer());
    return HexFormat.of().formatHex(sha256.digest(), 0, VERSION_BYTES);
  }
}
