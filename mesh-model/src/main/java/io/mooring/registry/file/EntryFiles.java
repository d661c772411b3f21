package io.mooring.registry.file;

import io.mooring.model.ConfigKey;
import io.mooring.model.codec.ConfigCodec;
import io.mooring.model.codec.LocatedObject;
import io.mooring.model.codec.ParsedConfig;
import io.mooring.model.networking.WorkloadEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * WorkloadEntries as files of one directory. Not thread-safe.
 *
 * <p>A file is YAML (its entry in JSON, which is YAML, and a comment with the checksum): what a
 * crash or a failing disk left of it is told from what was written.
 *
 * <p>A file's name is a hash of namespace and name: a Kubernetes name may be longer than a file
 * name, and what a VM calls itself must not become a path.
 */
final class EntryFiles {

  private static final Logger LOG = LoggerFactory.getLogger(FileWorkloadStore.class);
  private static final String SUFFIX = ".yaml";
  private static final String FORMER_SUFFIX = ".json"; // until files had checksums
  private static final String CHECKSUM = "\n# sha256 ";
  private static final String TEMPORARY_SUFFIX = ".tmp";
  private static final int NAME_CHARACTERS = 32;
  private static final Pattern FORMER_NAME = Pattern.compile("[0-9a-f]{32}\\.json");

  private final Path directory;
  private final ConfigCodec codec = new ConfigCodec();

  EntryFiles(Path directory) {
    this.directory = directory;
  }

  /**
   * What the directory holds. Immutable.
   *
   * @param entries by file name
   * @param unreadable file name to the reason why it was skipped
   */
  record Contents(List<WorkloadEntry> entries, SortedMap<String, String> unreadable) {}

  /** Makes the directory where it is missing, and locks out other processes. */
  ProcessLock lock() throws IOException {
    Files.createDirectories(directory, ownerOnly(directory, "rwx------"));
    return ProcessLock.take(directory);
  }

  /** Reads every file, and removes what a write that was cut off left behind. */
  Contents read() throws IOException {
    renameFormer();
    List<WorkloadEntry> entries = new ArrayList<>();
    SortedMap<String, String> unreadable = new TreeMap<>();
    for (Path file : files()) {
      String name = file.getFileName().toString();
      if (name.endsWith(TEMPORARY_SUFFIX) && Files.isRegularFile(file)) {
        Files.deleteIfExists(file);
      } else if (name.endsWith(SUFFIX)) {
        try {
          entries.add(read(file));
        } catch (IOException | IllegalArgumentException e) {
          unreadable.put(name, String.valueOf(e.getMessage()));
          LOG.warn(
              "event=entry_unreadable file=\"{}\" reason=\"{}\" hint=\"the other entries are"
                  + " served; remove the file, or let its VM join again\"",
              file,
              e.toString());
        }
      }
    }
    return new Contents(entries, unreadable);
  }

  /** Keeps the VMs that a former release registered: its files had the same content and hash. */
  private void renameFormer() throws IOException {
    for (Path file : files()) {
      String name = file.getFileName().toString();
      if (FORMER_NAME.matcher(name).matches() && Files.isRegularFile(file)) {
        String stem = name.substring(0, name.length() - FORMER_SUFFIX.length());
        Path target = directory.resolve(stem + SUFFIX);
        if (Files.exists(target)) {
          Files.delete(file); // the newer one counts
        } else {
          Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
        }
      }
    }
  }

  private List<Path> files() throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
      stream.forEach(files::add);
    }
    files.sort(null);
    return files;
  }

  private WorkloadEntry read(Path file) throws IOException {
    if (!Files.isRegularFile(file)) { // to read a pipe would wait for ever
      throw new IllegalArgumentException("no regular file");
    }
    return parse(file.getFileName().toString(), checked(Files.readString(file)));
  }

  /** Returns the text without its checksum; one that a person wrote has none. */
  private static String checked(String text) {
    int end = text.lastIndexOf(CHECKSUM);
    if (end < 0) {
      return text;
    }
    String body = text.substring(0, end);
    String said = text.substring(end + CHECKSUM.length()).strip();
    if (!said.equals(sha256(body))) {
      throw new IllegalArgumentException(
          "checksum is not that of the content, " + sha256(body) + ": the file is damaged");
    }
    return body;
  }

  private WorkloadEntry parse(String name, String text) {
    ParsedConfig parsed = codec.parse(name, text);
    if (parsed.hasErrors()) {
      throw new IllegalArgumentException(parsed.problems().get(0).toString());
    }
    List<LocatedObject> objects = parsed.objects();
    if (objects.size() != 1 || !(objects.get(0).object() instanceof WorkloadEntry entry)) {
      throw new IllegalArgumentException(
          name + " holds " + objects.size() + " objects (expected: one WorkloadEntry)");
    }
    if (!name.equals(fileName(entry.key()))) {
      throw new IllegalArgumentException(
          name + " holds " + entry.key() + " (expected: in " + fileName(entry.key()) + ")");
    }
    return entry;
  }

  /**
   * Writes an entry so that a reader, now or after a crash, finds the old or the new one whole.
   *
   * @throws IllegalArgumentException if no reader would accept it; then nothing is written
   */
  void write(WorkloadEntry entry) throws IOException {
    String text = codec.toJson(entry);
    parse(fileName(entry.key()), text);
    Path target = directory.resolve(fileName(entry.key()));
    Path temporary = directory.resolve(fileName(entry.key()) + TEMPORARY_SUFFIX);
    Files.deleteIfExists(temporary);
    try {
      fill(temporary, text + CHECKSUM + sha256(text) + "\n");
      Files.move(
          temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary); // half of it on a full disk keeps the disk full
    }
    forceDirectory();
  }

  private static void fill(Path file, String text) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file,
            EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            ownerOnly(file, "rw-------"))) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
  }

  void delete(ConfigKey key) throws IOException {
    if (Files.deleteIfExists(directory.resolve(fileName(key)))) {
      forceDirectory();
    }
  }

  /** Makes the names durable; where directories cannot be opened (Windows) names are journaled. */
  private void forceDirectory() throws IOException {
    if (isPosix(directory)) {
      try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  /** Returns what creates {@code path} with {@code permissions}, where there are such. */
  static FileAttribute<?>[] ownerOnly(Path path, String permissions) {
    return isPosix(path)
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  private static boolean isPosix(Path path) {
    Set<String> views = path.getFileSystem().supportedFileAttributeViews();
    return views.contains("posix");
  }

  static String fileName(ConfigKey key) {
    return sha256(key.namespace() + "/" + key.name()).substring(0, NAME_CHARACTERS) + SUFFIX;
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java platform has it
    }
  }
}
