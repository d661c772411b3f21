package io.mooring.registry.file;

import io.mooring.model.codec.Problem;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs what an operator can act on, once per change. */
final class LoggingFileObserver implements FileObserver {

  private static final int MAX_NOTICES = 10; // in full at one time; the rest is counted

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
                    "event=file_rejected file=\"{}\" problems={} first=\"{}\" hint=\"what it"
                        + " defined before stays\"",
                    file,
                    problems.size(),
                    problems.get(0));
              }
            });
    before.broken().keySet().stream()
        .filter(file -> !after.broken().containsKey(file))
        .forEach(file -> LOG.info("event=file_accepted file=\"{}\"", file));
    if (!before.notices().equals(after.notices()) && !after.notices().isEmpty()) {
      logNotices(before, after);
    }
  }

  /** What hinders nothing is told once, those of files that changed alone. */
  private static void logNotices(FileProblems before, FileProblems after) {
    List<Problem> fresh =
        after.notices().entrySet().stream()
            .filter(file -> !file.getValue().equals(before.notices().get(file.getKey())))
            .flatMap(file -> file.getValue().stream())
            .toList();
    LOG.info(
        "event=file_notices files={} notices={} new={}",
        after.notices().size(),
        after.notices().values().stream().mapToInt(List::size).sum(),
        fresh.size());
    fresh.stream()
        .limit(MAX_NOTICES)
        .forEach(notice -> LOG.info("event=file_notice notice=\"{}\"", notice));
    if (fresh.size() > MAX_NOTICES) {
      LOG.info(
          "event=file_notices_left_out count={} hint=\"validate prints all\"",
          fresh.size() - MAX_NOTICES);
    }
  }
}
