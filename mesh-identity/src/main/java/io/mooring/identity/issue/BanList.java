package io.mooring.identity.issue;

import io.mooring.identity.storage.PrivateDirectory;
import io.mooring.model.spiffe.SpiffeId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Who gets no certificate any more: identities, for joining and renewing alike, and single
 * certificates, which then cannot be renewed. Thread-safe; one process owns the directory.
 *
 * <p>A ban is on disk before it counts, and stays until it is lifted. Certificates that a banned
 * machine has stay valid until their end: this ends their renewal.
 */
public final class BanList {

  private static final String SERIAL = "serial:";

  private final PrivateDirectory directory;
  private final Set<String> banned = ConcurrentHashMap.newKeySet();

  private BanList(PrivateDirectory directory) {
    this.directory = directory;
  }

  /**
   * Opens the list that {@code directory} holds; the directory is made where it is missing (0700).
   *
   * @throws IOException if the directory or a ban in it cannot be read: who is banned must not come
   *     in because a file is broken
   */
  public static BanList open(Path directory) throws IOException {
    BanList list = new BanList(PrivateDirectory.open(directory));
    for (String file : list.directory.names()) {
      String entry = new String(list.directory.read(file).orElseThrow(), StandardCharsets.US_ASCII);
      if (!file.equals(name(entry))) {
        throw new IOException(
            list.directory.path().resolve(file) + " is no ban (expected: restored, or deleted)");
      }
      list.banned.add(entry);
    }
    return list;
  }

  /**
   * Bans an identity.
   *
   * @throws UncheckedIOException if that cannot be written; then it is not banned
   */
  public void ban(SpiffeId id) {
    add(id.toString());
  }

  /**
   * Bans the certificate with this serial number, as audits tell it.
   *
   * @throws UncheckedIOException if that cannot be written; then it is not banned
   */
  public void ban(BigInteger serial) {
    add(SERIAL + serial.toString(16));
  }

  /** Lifts the ban of an identity; returns whether there was one. */
  public boolean lift(SpiffeId id) {
    return remove(id.toString());
  }

  /** Lifts the ban of a certificate; returns whether there was one. */
  public boolean lift(BigInteger serial) {
    return remove(SERIAL + serial.toString(16));
  }

  /** Returns what is banned: SPIFFE IDs, and {@code serial:HEX} for certificates; sorted. */
  public List<String> list() {
    return banned.stream().sorted().toList();
  }

  boolean isBanned(SpiffeId id) {
    return banned.contains(id.toString());
  }

  boolean isBanned(BigInteger serial) {
    return banned.contains(SERIAL + serial.toString(16));
  }

  private void add(String entry) {
    try {
      directory.write(name(entry), entry.getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new UncheckedIOException("ban of " + entry + " cannot be written", e);
    }
    banned.add(entry);
  }

  private boolean remove(String entry) {
    try {
      directory.delete(name(entry));
    } catch (IOException e) {
      throw new UncheckedIOException("ban of " + entry + " cannot be lifted", e);
    }
    return banned.remove(entry);
  }

  private static String name(String entry) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256")
                  .digest(entry.getBytes(StandardCharsets.US_ASCII)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
