package io.mooring.registry.file;

import io.mooring.model.codec.Problem;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is wrong with the files of a {@link FileSource} at one moment. Immutable.
 *
 * @param broken by file name, for files with a document that was refused; objects of theirs that
 *     were accepted before go on being served
 * @param notices by file name, what hinders nothing: warnings, and documents of somebody else's
 *     kinds
 * @param rejected how many versions of files were found broken since the source started
 * @param directory why the directory cannot be listed; then everything stays as it was
 */
public record FileProblems(
    SortedMap<String, List<Problem>> broken,
    SortedMap<String, List<Problem>> notices,
    long rejected,
    Optional<String> directory) {

  /** Nothing is wrong. */
  public static final FileProblems NONE =
      new FileProblems(new TreeMap<>(), new TreeMap<>(), 0, Optional.empty());

  public FileProblems {
    broken = copy(broken);
    notices = copy(notices);
  }

  private static SortedMap<String, List<Problem>> copy(Map<String, List<Problem>> problems) {
    SortedMap<String, List<Problem>> copy = new TreeMap<>();
    problems.forEach((file, ofFile) -> copy.put(file, List.copyOf(ofFile)));
    return Collections.unmodifiableSortedMap(copy);
  }
}
