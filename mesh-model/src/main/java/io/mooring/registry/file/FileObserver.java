package io.mooring.registry.file;

/** Is told what goes wrong with the files of a {@link FileSource}, and that it is right again. */
@FunctionalInterface
public interface FileObserver {

  /**
   * The problems changed. Called on the source's thread after the change is with the registry; must
   * not block.
   */
  void problemsChanged(FileProblems before, FileProblems after);

  /**
   * Returns the observer that logs: a WARN for each version of a file that is broken and for a
   * directory that cannot be listed, an INFO when all is well again.
   */
  static FileObserver logging() {
    return new LoggingFileObserver();
  }
}
