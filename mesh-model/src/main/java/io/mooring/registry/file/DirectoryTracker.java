package io.mooring.registry.file;

import io.mooring.model.ConfigKey;
import io.mooring.model.ConfigObject;
import io.mooring.model.codec.LocatedObject;
import io.mooring.model.codec.ParsedConfig;
import io.mooring.model.codec.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;

/**
 * What all files of a directory define together, and what is wrong with them. Confined to the
 * source's thread, which has small files read by the common pool.
 *
 * <p>Of two files that define one object, the first by path counts; an object that a file merely
 * holds yields to one that another file states.
 */
final class DirectoryTracker {

  private static final long SMALL = 1 << 20;

  private final Path root;
  private final BiFunction<String, String, ParsedConfig> parser;
  private final FileTiming timing;
  private final InstantSource clock;

  private final SortedMap<String, TrackedFile> files = new TreeMap<>();
  private Map<ConfigKey, ConfigObject> objects = Map.of();
  private SortedMap<String, List<Problem>> duplicates = new TreeMap<>();
  private Optional<String> directoryProblem = Optional.empty();
  private boolean listedBefore;
  private final AtomicLong rejected = new AtomicLong();

  DirectoryTracker(
      Path root,
      BiFunction<String, String, ParsedConfig> parser,
      FileTiming timing,
      InstantSource clock) {
    this.root = root;
    this.parser = parser;
    this.timing = timing;
    this.clock = clock;
  }

  /** Returns the objects that count, whichever file they are from, in the order of the files. */
  Map<ConfigKey, ConfigObject> objects() {
    return objects;
  }

  /** Returns whether everything that was there at the beginning was read. */
  boolean isReady() {
    return listedBefore;
  }

  /**
   * Brings everything up to date with the directory. A directory that cannot be listed leaves
   * everything as it was: it may be a mount on its way.
   *
   * @return what was found; empty where the root could not be listed
   */
  Optional<DirectoryListing> look() {
    try {
      DirectoryListing listing = DirectoryListing.read(root);
      directoryProblem =
          listing.unreadable().isEmpty()
              ? Optional.empty()
              : Optional.of(listing.unreadable().toString());
      if (update(listing)) {
        combine();
      }
      listedBefore = true;
      return Optional.of(listing);
    } catch (IOException e) {
      directoryProblem = Optional.of(e.toString());
      return Optional.empty();
    }
  }

  private boolean update(DirectoryListing listing) {
    Instant now = clock.instant();
    listing
        .stampsByFile()
        .forEach(
            (name, stamp) ->
                files.computeIfAbsent(name, file -> new TrackedFile(timing)).seen(stamp, now));
    boolean changed = readDue(listing, now);
    for (Map.Entry<String, TrackedFile> entry : files.entrySet()) {
      TrackedFile file = entry.getValue();
      if (!listing.stampsByFile().containsKey(entry.getKey()) && !listing.hides(entry.getKey())) {
        changed |= file.missed(now);
      }
      changed |= file.settle(now);
    }
    changed |= files.values().removeIf(TrackedFile::isForgotten);
    return changed;
  }

  /** Reads what is due, each file on one thread; large ones, which take memory, one by one. */
  private boolean readDue(DirectoryListing listing, Instant now) {
    List<Map.Entry<String, TrackedFile>> small = new ArrayList<>();
    boolean changed = false;
    for (Map.Entry<String, TrackedFile> entry : files.entrySet()) {
      FileStamp stamp = listing.stampsByFile().get(entry.getKey());
      if (stamp != null && entry.getValue().isDue(now, !listedBefore)) {
        if (stamp.bytes() <= SMALL) {
          small.add(entry);
        } else {
          changed |= read(entry.getKey(), entry.getValue());
        }
      }
    }
    List<Boolean> results =
        small.parallelStream().map(entry -> read(entry.getKey(), entry.getValue())).toList();
    return changed || results.contains(true);
  }

  private boolean read(String name, TrackedFile file) {
    Path path = root.resolve(name);
    try {
      FileText text = FileText.read(path);
      FileStamp after = FileStamp.of(Files.readAttributes(path, BasicFileAttributes.class));
      file.seen(after, clock.instant());
      if (!file.isDue(clock.instant(), !listedBefore)) {
        return false; // written to in the meantime: wait until it lies still
      }
      return file.read(text.hash(), clock.instant())
          && become(name, file, text.parse(name, parser));
    } catch (NoSuchFileException e) {
      return false; // the next look finds it missing
    } catch (IOException e) {
      file.failed();
      Problem problem =
          FileObjects.refusal(name, Problem.Code.UNREADABLE, "file cannot be read: " + e);
      return !file.objects().problems().contains(problem)
          && become(name, file, new ParsedConfig(List.of(), List.of(problem)));
    }
  }

  private boolean become(String name, TrackedFile file, ParsedConfig parsed) {
    file.becomes(file.objects().next(name, parsed));
    if (file.objects().problems().stream().anyMatch(FileObjects::isRejection)) {
      rejected.incrementAndGet();
    }
    return true;
  }

  private void combine() {
    int most = files.values().stream().mapToInt(file -> file.objects().stated().size()).sum();
    Map<ConfigKey, ConfigObject> combined = // sorting is the registry's
        new LinkedHashMap<>(2 * most);
    SortedMap<String, List<Problem>> lost = new TreeMap<>();
    files.forEach(
        (name, file) ->
            file.objects()
                .stated()
                .forEach(
                    (key, object) -> {
                      if (combined.putIfAbsent(key, object.object()) != null) {
                        lost.computeIfAbsent(name, same -> new ArrayList<>())
                            .add(FileObjects.duplicate(name, object, firstFileWith(key)));
                      }
                    }));
    for (TrackedFile file : files.values()) {
      for (LocatedObject held : file.objects().held().values()) {
        combined.putIfAbsent(held.object().key(), held.object());
      }
    }
    rejected.addAndGet(
        lost.entrySet().stream()
            .filter(entry -> !entry.getValue().equals(duplicates.get(entry.getKey())))
            .count());
    objects = combined;
    duplicates = lost;
  }

  private String firstFileWith(ConfigKey key) {
    return files.entrySet().stream()
        .filter(file -> file.getValue().objects().stated().containsKey(key))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow();
  }

  /** Returns what is wrong now. */
  FileProblems problems() {
    SortedMap<String, List<Problem>> broken = new TreeMap<>();
    SortedMap<String, List<Problem>> notices = new TreeMap<>();
    files.forEach(
        (name, file) -> {
          for (Problem problem : file.objects().problems()) {
            (FileObjects.isRejection(problem) ? broken : notices)
                .computeIfAbsent(name, same -> new ArrayList<>())
                .add(problem);
          }
        });
    duplicates.forEach(
        (name, lost) -> broken.computeIfAbsent(name, same -> new ArrayList<>()).addAll(lost));
    return new FileProblems(broken, notices, rejected.get(), directoryProblem);
  }

  /** Returns when to look again although nothing may have changed by then. */
  Optional<Instant> nextLook() {
    return files.values().stream()
        .map(TrackedFile::nextLook)
        .flatMap(Optional::stream)
        .min(Instant::compareTo);
  }
}
