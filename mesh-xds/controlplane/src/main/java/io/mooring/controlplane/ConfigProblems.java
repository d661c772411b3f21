package io.mooring.controlplane;

import io.mooring.registry.file.FileProblems;
import io.mooring.registry.file.FileSource;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** What is wrong with the configuration files of all file sources, for the admin pages. */
final class ConfigProblems {

  private final List<FileSource> sources;

  ConfigProblems(List<FileSource> sources) {
    this.sources = List.copyOf(sources);
  }

  /** Returns one line a problem, by the name of the broken file. */
  SortedMap<String, List<String>> byFile() {
    SortedMap<String, List<String>> linesByFile = new TreeMap<>();
    for (FileSource source : sources) {
      FileProblems problems = source.problems();
      problems
          .broken()
          .forEach(
              (file, list) -> linesByFile.put(file, list.stream().map(Object::toString).toList()));
      problems.directory().ifPresent(reason -> linesByFile.put(source.name(), List.of(reason)));
    }
    return linesByFile;
  }

  /** Returns how many files are broken now. */
  long brokenFiles() {
    return sources.stream().mapToLong(source -> source.problems().broken().size()).sum();
  }

  /** Returns how many broken versions of files were seen. */
  long rejectedVersions() {
    return sources.stream().mapToLong(source -> source.problems().rejected()).sum();
  }
}
