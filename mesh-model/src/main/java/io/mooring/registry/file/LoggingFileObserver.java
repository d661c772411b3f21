package io.mooring.registry.file;

import io.mooring.model.codec.Problem;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs what an operator can act on, once per change. */
final class LoggingFileObserver implements FileObserver {

  private static final Logger LOG = LoggerFactory.getLogger(FileSource.class);

  @Override
  public void problemsChanged(FileProblems before, FileProblems after) {
    after
        .directory()
        .filter(reason -> !before.directory().isPresent())
        .ifPresent(
            reason ->
                LOG.warn(
                    "event=directory_unreadable reason=\"{}\" hint=\"everything stays as it was\"",
                    reason));
    if (before.directory().isPresent() && after.directory().isEmpty()) {
      LOG.info("event=directory_readable");
    }
    after
        .broken()
        .forEach(
            (file, problems) -> {
              if (!problems.equals(before.broken().get(file))) {
                LOG.warn(
                    "event=file_rejected file=\"{}\" problems={} first=\"{}\" hint=\"what it defined"
                        + " before stays\"",
                    file,
                    problems.size(),
                    problems.get(0));
              }
            });
    before.broken().keySet().stream()
        .filter(file -> !after.broken().containsKey(file))
        .forEach(file -> LOG.info("event=file_accepted file=\"{}\"", file));
    if (!before.notices().equals(after.notices()) && !after.notices().isEmpty()) {
      List<Problem> first = after.notices().get(after.notices().firstKey());
      LOG.info(
          "event=file_notices files={} first=\"{}\"",
          after.notices().size(),
          first == null ? "" : first.get(0));
    }
  }
}
