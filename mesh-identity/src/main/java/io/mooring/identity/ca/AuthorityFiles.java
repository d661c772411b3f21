package io.mooring.identity.ca;

import io.mooring.identity.Pem;
import io.mooring.identity.storage.PrivateDirectory;
import io.mooring.model.spiffe.TrustDomain;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.X509EncodedKeySpec;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where the CAs of a rotation are kept: the first one in the directory itself, where it was before
 * there were rotations, each later one in a directory of its name. Confined to the rotation's lock.
 */
final class AuthorityFiles {

  static final String FIRST = "ca-1";

  private static final String JWT_KEY = "jwt-key.pem";
  private static final String JWT_PUBLIC = "jwt-public.pem";
  private static final String PUBLIC = "PUBLIC KEY";
  private static final List<String> SECRETS = List.of(CaDirectory.KEY, JWT_KEY);
  private static final List<String> ALL =
      List.of(
          CaDirectory.KEY,
          JWT_KEY,
          CaDirectory.CERTIFICATE,
          CaDirectory.CHAIN,
          CaDirectory.ROOTS,
          JWT_PUBLIC);

  private final Path path;
  private final TrustDomain trustDomain;
  private final KeyFiles keys;
  private final InstantSource clock;
  private final SecureRandom random;
  private final CaObserver observer;

  AuthorityFiles(
      Path path,
      TrustDomain trustDomain,
      KeyFiles keys,
      InstantSource clock,
      SecureRandom random,
      CaObserver observer) {
    this.path = path;
    this.trustDomain = trustDomain;
    this.keys = keys;
    this.clock = clock;
    this.random = random;
    this.observer = observer;
  }

  /** The two halves of a CA that can sign. */
  record Signers(CaChain chain, LocalCertificateAuthority x509, LocalJwtAuthority jwt) {}

  /** Returns the CA of this name, and makes one where there is none. */
  Signers create(String name) throws IOException {
    return signers(name, directory(name).open());
  }

  /** Returns the CA of this name, which must be there. */
  Signers load(String name) throws IOException {
    return signers(name, directory(name).load());
  }

  private Signers signers(String name, LocalCertificateAuthority x509) throws IOException {
    return new Signers(directory(name).chain(), x509, jwt(PrivateDirectory.open(path(name))));
  }

  /** Copies the files of a CA that was made elsewhere; the key is refused where others read it. */
  void plugIn(String name, Path cacerts) throws IOException {
    PrivateDirectory target = PrivateDirectory.open(path(name));
    for (String file :
        List.of(CaDirectory.KEY, CaDirectory.ROOTS, CaDirectory.CHAIN, CaDirectory.CERTIFICATE)) {
      Path source = cacerts.resolve(file);
      if (!Files.isReadable(source)) {
        throw new IOException(source + " cannot be read (expected: a file of Istio's cacerts)");
      }
      target.write(file, Files.readAllBytes(source));
    }
  }

  /** Returns the roots of a CA that signs no more. */
  CaChain chain(String name) throws IOException {
    return directory(name).chain();
  }

  /** Returns the JWT key of a CA that signs no more. */
  Map<String, PublicKey> jwtKeys(String name) throws IOException {
    return jwtPublic(PrivateDirectory.open(path(name)))
        .map(key -> Map.of(LocalJwtAuthority.keyId(key), key))
        .orElse(Map.of());
  }

  private LocalJwtAuthority jwt(PrivateDirectory directory) throws IOException {
    try {
      Optional<PublicKey> known = jwtPublic(directory);
      if (known.isEmpty()) { // the public half is written last: none was ever published
        KeyPair pair = keys.generate();
        directory.write(JWT_KEY, Pem.bytes(keys.print(pair.getPrivate())));
        directory.write(JWT_PUBLIC, Pem.bytes(Pem.encode(PUBLIC, pair.getPublic().getEncoded())));
        known = Optional.of(pair.getPublic());
      }
      String pem =
          directory
              .read(JWT_KEY)
              .map(bytes -> new String(bytes, StandardCharsets.US_ASCII))
              .orElseThrow(
                  () ->
                      new IOException(
                          directory.path().resolve(JWT_KEY)
                              + " is missing beside "
                              + JWT_PUBLIC
                              + " (expected: both; restore the key)"));
      return new LocalJwtAuthority(trustDomain, keys.parse(JWT_KEY, pem, known.get()), clock);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IOException("unusable JWT key in " + directory.path() + ": " + e.getMessage(), e);
    }
  }

  private static Optional<PublicKey> jwtPublic(PrivateDirectory directory) throws IOException {
    Optional<byte[]> pem = directory.read(JWT_PUBLIC);
    if (pem.isEmpty()) {
      return Optional.empty();
    }
    try {
      byte[] encoded = Pem.decode(PUBLIC, new String(pem.get(), StandardCharsets.US_ASCII));
      return Optional.of(
          KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(encoded)));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IOException(
          directory.path().resolve(JWT_PUBLIC) + " is damaged: " + e.getMessage(), e);
    }
  }

  /** Destroys the keys of a CA; what it signed stays verifiable. */
  void destroyKeys(String name) throws IOException {
    delete(name, SECRETS);
  }

  /** Removes every CA that is not among {@code names}: retired, or left by a crash. */
  void keepOnly(List<String> names) throws IOException {
    try (Stream<Path> entries = Files.list(path)) {
      for (Path entry : entries.toList()) {
        String name = String.valueOf(entry.getFileName());
        if (name.matches("ca-[0-9]+")
            && Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)
            && !names.contains(name)) {
          delete(name, ALL);
          Files.delete(entry);
        }
      }
    }
    if (!names.contains(FIRST)) {
      delete(FIRST, ALL);
    }
  }

  private void delete(String name, List<String> files) throws IOException {
    PrivateDirectory directory = PrivateDirectory.open(path(name));
    for (String file : files) {
      directory.delete(file);
    }
  }

  private CaDirectory directory(String name) {
    return new CaDirectory(path(name), trustDomain, keys, clock, random, observer);
  }

  private Path path(String name) {
    return name.equals(FIRST) ? path : path.resolve(name);
  }
}
