package io.mooring.xds.protocol;

import io.mooring.xds.resource.VersionedResource;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;

/** The version of several resources together: the same on every replica and after a restart. */
final class ContentVersion {

  private static final int BYTES = 8;

  private ContentVersion() {}

  /** Returns the prefix of the SHA-256 of names and versions, in the order given. */
  static String of(Collection<VersionedResource> resources) {
    MessageDigest sha256;
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
    for (VersionedResource resource : resources) {
      sha256.update(resource.name().getBytes(StandardCharsets.UTF_8));
      sha256.update((byte) 0);
      sha256.update(resource.version().getBytes(StandardCharsets.UTF_8));
      sha256.update((byte) 0);
    }
    return HexFormat.of().formatHex(sha256.digest(), 0, BYTES);
  }
}
