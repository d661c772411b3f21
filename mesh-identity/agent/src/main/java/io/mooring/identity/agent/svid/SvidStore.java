package io.mooring.identity.agent.svid;

import io.mooring.identity.BundleSet;
import io.mooring.identity.Pem;
import io.mooring.identity.TrustBundle;
import io.mooring.identity.X509Svid;
import io.mooring.identity.storage.DirectoryLock;
import io.mooring.identity.storage.PrivateDirectory;
import io.mooring.model.spiffe.TrustDomain;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Optional;

/**
 * The state directory: what survives a restart. One agent at a time holds it, by a file lock.
 * Confined to that agent's one writer.
 *
 * <p>Files, all 0600: {@code svid.pem} has key and chain together, so that they cannot come apart;
 * {@code bundle.json} has the roots and the keys of tokens, {@code roots.pem} the roots alone, for
 * whom that suits better, {@code federated.json} the bundles of other trust domains; {@code
 * next-key.pem} has the key pair of a request that is not answered yet, so that a retry after a
 * lost answer, or after a crash, asks for the same key.
 */
public final class SvidStore implements Closeable {

  private static final String PRIVATE = "PRIVATE KEY";
  private static final String PUBLIC = "PUBLIC KEY";
  private static final String FIRST_CERTIFICATE = "-----BEGIN CERTIFICATE-----";

  private static final String SVID = "svid.pem";
  private static final String ROOTS = "roots.pem";
  private static final String BUNDLE = "bundle.json";
  private static final String FEDERATED = "federated.json";
  private static final String NEXT_KEY = "next-key.pem";

  private final PrivateDirectory directory;
  private final DirectoryLock lock;

  private SvidStore(PrivateDirectory directory, DirectoryLock lock) {
    this.directory = directory;
    this.lock = lock;
  }

  /**
   * Opens the directory at {@code path}, which is made with mode 0700 if it is not there.
   *
   * @throws IOException if others may enter it, or if another agent holds it
   */
  public static SvidStore open(Path path) throws IOException {
    PrivateDirectory directory = PrivateDirectory.open(path);
    DirectoryLock lock =
        DirectoryLock.tryTake(directory.path().resolve("lock"))
            .orElseThrow(
                () ->
                    new IOException(
                        "'"
                            + directory.path()
                            + "' is held by another running agent (expected: a state directory"
                            + " for each)"));
    return new SvidStore(directory, lock);
  }

  /**
   * Returns the credentials that were saved last, whether still valid or not.
   *
   * @throws IOException if a file cannot be read or others may read it; the message names the file
   *     and never quotes it
   */
  public Optional<Credentials> load(TrustDomain trustDomain) throws IOException {
    Optional<String> saved = read(SVID);
    Optional<String> savedBundle = read(BUNDLE);
    Optional<String> savedRoots = read(ROOTS); // alone in directories of the first agents
    Optional<String> federated = read(FEDERATED);
    if (saved.isEmpty() || savedBundle.or(() -> savedRoots).isEmpty()) {
      return Optional.empty();
    }
    String text = saved.get();
    try {
      int chain = Math.max(text.indexOf(FIRST_CERTIFICATE), 0);
      PrivateKey key = privateKey(text.substring(0, chain));
      return Optional.of(
          new Credentials(
              X509Svid.of(Pem.certificates(text.substring(chain)), key),
              savedBundle.isPresent()
                  ? TrustBundle.parseJson(trustDomain, savedBundle.get())
                  : TrustBundle.parse(trustDomain, savedRoots.orElseThrow()),
              federated.map(BundleSet::parseJson).orElse(BundleSet.EMPTY)));
    } catch (IllegalArgumentException | GeneralSecurityException e) {
      throw damaged(SVID, e);
    }
  }

  /** Replaces the saved credentials; the key of the answered request is forgotten. */
  public void save(Credentials credentials) throws IOException {
    saveBundles(credentials);
    write(
        SVID,
        Pem.bytes(
            Pem.encode(PRIVATE, credentials.key().getEncoded())
                + Pem.encode(credentials.svid().chain())));
    directory.delete(NEXT_KEY);
  }

  /** Replaces the saved bundles alone. */
  public void saveBundles(Credentials credentials) throws IOException {
    TrustBundle own = credentials.roots();
    write(BUNDLE, own.toJson().getBytes(StandardCharsets.UTF_8));
    write(ROOTS, Pem.bytes(own.toPem()));
    if (credentials.federated().equals(BundleSet.EMPTY)) {
      directory.delete(FEDERATED);
    } else {
      write(FEDERATED, credentials.federated().toJson().getBytes(StandardCharsets.UTF_8));
    }
  }

  /**
   * Returns the key to ask a certificate for: that of the unanswered request if there is one, else
   * a new one, which is on disk before this returns.
   */
  public KeyPair nextKey() throws IOException {
    Optional<String> unanswered = read(NEXT_KEY);
    if (unanswered.isPresent()) {
      return keyPair(unanswered.get());
    }
    KeyPair key = SvidRequest.newKey();
    write(
        NEXT_KEY,
        Pem.bytes(
            Pem.encode(PRIVATE, key.getPrivate().getEncoded())
                + Pem.encode(PUBLIC, key.getPublic().getEncoded())));
    return key;
  }

  private KeyPair keyPair(String text) throws IOException {
    try {
      int second = Math.max(text.indexOf("-----BEGIN " + PUBLIC), 0);
      byte[] publicKey = Pem.decode(PUBLIC, text.substring(second));
      return new KeyPair(
          KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(publicKey)),
          privateKey(text.substring(0, second)));
    } catch (IllegalArgumentException | GeneralSecurityException e) {
      throw damaged(NEXT_KEY, e);
    }
  }

  private Optional<String> read(String name) throws IOException {
    return directory.read(name).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
  }

  private IOException damaged(String name, Exception e) {
    return new IOException(
        "'"
            + directory.path().resolve(name)
            + "' is damaged: "
            + e.getMessage()
            + " (expected: what the agent wrote; without this file it starts anew)",
        e);
  }

  private static PrivateKey privateKey(String pem) throws GeneralSecurityException {
    return KeyFactory.getInstance("EC")
        .generatePrivate(new PKCS8EncodedKeySpec(Pem.decode(PRIVATE, pem)));
  }

  /** Returns the directory, absolute. */
  public Path path() {
    return directory.path();
  }

  /** Puts {@code content} into the file {@code name} at once, and returns where it is. */
  public Path write(String name, byte[] content) throws IOException {
    directory.write(name, content);
    return directory.path().resolve(name);
  }

  /** Lets another agent have the directory. */
  @Override
  public void close() throws IOException {
    lock.close();
  }
}
