package io.mooring.identity.agent.files;

import io.mooring.identity.Pem;
import io.mooring.identity.agent.svid.Credentials;
import io.mooring.identity.storage.PrivateDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Keeps an SVID in a directory, for programs that watch files: Envoy's {@code watched_directory},
 * gRPC's {@code file_watcher}. Confined to one writer.
 *
 * <p>Files have the names of Istio's agent: {@code cert-chain.pem}, {@code key.pem}, {@code
 * root-cert.pem}. They are links into {@code ..data}, itself a link to the directory of one
 * generation, as Kubernetes mounts secrets: one rename replaces all three at once, so that nobody
 * finds a key beside the chain of another one. The generation before stays for whoever is reading
 * it. Directories are 0700, files 0600.
 */
public final class SvidFiles {

  private static final String CHAIN = "cert-chain.pem";
  private static final String KEY = "key.pem";
  private static final String ROOTS = "root-cert.pem";
  private static final String DATA = "..data";
  private static final String NEW_DATA = "..data-new";
  private static final String GENERATION = "..svid-";

  private final Path directory;

  private SvidFiles(Path directory) {
    this.directory = directory;
  }

  /**
   * Opens {@code directory}, which is made with mode 0700 if it is not there.
   *
   * @throws IOException if others may enter it, or one of our names is a file that we did not make
   */
  public static SvidFiles open(Path directory) throws IOException {
    SvidFiles files = new SvidFiles(PrivateDirectory.open(directory).path());
    for (String name : List.of(CHAIN, KEY, ROOTS)) {
      Path file = files.directory.resolve(name);
      if (Files.exists(file, LinkOption.NOFOLLOW_LINKS) && !Files.isSymbolicLink(file)) {
        throw new FileAlreadyExistsException(
            file.toString(),
            null,
            "is somebody else's (expected: a directory for the agent alone)");
      }
    }
    return files;
  }

  /** Replaces what is there by {@code credentials}, all at once. */
  public void write(Credentials credentials) throws IOException {
    Optional<Path> before = current();
    Path generation = next();
    PrivateDirectory files = PrivateDirectory.open(generation);
    files.write(ROOTS, bytes(credentials.roots().toPem()));
    files.write(KEY, bytes(Pem.encode("PRIVATE KEY", credentials.key().getEncoded())));
    files.write(CHAIN, bytes(Pem.encode(credentials.svid().chain())));
    Path link = directory.resolve(NEW_DATA);
    Files.deleteIfExists(link);
    Files.createSymbolicLink(link, generation.getFileName());
    Files.move(link, directory.resolve(DATA), StandardCopyOption.ATOMIC_MOVE);
    for (String name : List.of(ROOTS, KEY, CHAIN)) {
      Path file = directory.resolve(name);
      if (!Files.isSymbolicLink(file)) {
        Files.createSymbolicLink(file, Path.of(DATA, name));
      }
    }
    removeOthers(generation, before);
  }

  private Optional<Path> current() throws IOException {
    Path link = directory.resolve(DATA);
    return Files.isSymbolicLink(link)
        ? Optional.of(directory.resolve(Files.readSymbolicLink(link)))
        : Optional.empty();
  }

  /** A name that was not there: its number follows the highest. */
  private Path next() throws IOException {
    long highest = 0;
    for (Path generation : generations()) {
      String number = generation.getFileName().toString().substring(GENERATION.length());
      if (number.matches("[0-9]{1,18}")) {
        highest = Math.max(highest, Long.parseLong(number));
      }
    }
    return directory.resolve(GENERATION + (highest + 1));
  }

  private List<Path> generations() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> String.valueOf(file.getFileName()).startsWith(GENERATION))
          .sorted()
          .toList();
    }
  }

  private void removeOthers(Path now, Optional<Path> before) throws IOException {
    for (Path generation : generations()) {
      if (!generation.equals(now) && !Optional.of(generation).equals(before)) {
        try (Stream<Path> files = Files.list(generation)) {
          for (Path file : files.toList()) {
            Files.deleteIfExists(file);
          }
        }
        Files.deleteIfExists(generation);
      }
    }
  }

  private static byte[] bytes(String pem) {
    return pem.getBytes(StandardCharsets.US_ASCII);
  }
}
