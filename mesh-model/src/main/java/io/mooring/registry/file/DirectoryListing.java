package io.mooring.registry.file;

import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.EnumSet;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The configuration files beneath a directory, as they were at one moment. Immutable. Follows
 * symbolic links, once each.
 *
 * @param stampsByFile by path relative to the directory, with {@code /} between its parts
 * @param keysByDirectory the directories, with what tells one from another of the same name
 * @param unreadable directories that could not be listed, as in {@code stampsByFile}, with the
 *     reason
 */
record DirectoryListing(
    SortedMap<String, FileStamp> stampsByFile,
    SortedMap<Path, Optional<Object>> keysByDirectory,
    SortedMap<String, String> unreadable) {

  /**
   * Lists {@code root}.
   *
   * @throws IOException if {@code root} itself cannot be listed
   */
  static DirectoryListing read(Path root) throws IOException {
    Visitor visitor = new Visitor(root);
    Files.walkFileTree(root, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, visitor);
    return new DirectoryListing(visitor.stampsByFile, visitor.keysByDirectory, visitor.unreadable);
  }

  /**
   * Returns whether a file of this name holds configuration. Names of editors' backups and swap
   * files, and the hidden directories behind a mounted ConfigMap, do not.
   */
  static boolean isConfiguration(String name) {
    return !isHidden(name)
        && (name.endsWith(".yaml") || name.endsWith(".yml") || name.endsWith(".json"));
  }

  private static boolean isHidden(String name) {
    return name.startsWith(".") || name.startsWith("#");
  }

  /** Returns whether {@code file} lies beneath a directory that could not be listed. */
  boolean hides(String file) {
    return unreadable.keySet().stream().anyMatch(directory -> file.startsWith(directory + "/"));
  }

  private static final class Visitor extends SimpleFileVisitor<Path> {
    private final Path root;
    private final SortedMap<String, FileStamp> stampsByFile = new TreeMap<>();
    private final SortedMap<Path, Optional<Object>> keysByDirectory = new TreeMap<>();
    private final SortedMap<String, String> unreadable = new TreeMap<>();

    Visitor(Path root) {
      this.root = root;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
      if (!directory.equals(root) && isHidden(directory.getFileName().toString())) {
        return FileVisitResult.SKIP_SUBTREE;
      }
      keysByDirectory.put(directory, Optional.ofNullable(attributes.fileKey()));
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      if (attributes.isRegularFile() && isConfiguration(file.getFileName().toString())) {
        stampsByFile.put(relative(file), FileStamp.of(attributes));
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException reason) throws IOException {
      if (file.equals(root)) {
        throw reason;
      }
      if (Files.isDirectory(file) && !(reason instanceof FileSystemLoopException)) {
        unreadable.put(relative(file), reason.toString());
      }
      return FileVisitResult.CONTINUE; // a file that vanished, or a link to a parent
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException reason)
        throws IOException {
      if (reason != null && directory.equals(root)) {
        throw reason;
      }
      if (reason != null) {
        unreadable.put(relative(directory), reason.toString());
      }
      return FileVisitResult.CONTINUE;
    }

    private String relative(Path file) {
      return root.relativize(file).toString().replace('\\', '/');
    }
  }
}
