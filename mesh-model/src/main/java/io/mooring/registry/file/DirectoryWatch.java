package io.mooring.registry.file;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystem;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hints that something in a set of directories changed. Only a hint: targets of links, mounts over
 * a directory and replaced directories are silent, so that somebody has to look now and then as
 * well.
 *
 * <p>{@link #follow} is confined to the source's thread; hints come on the watch's own thread.
 */
final class DirectoryWatch implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(DirectoryWatch.class);

  private final @Nullable WatchService service;
  private final Runnable hint;
  private final Map<Path, Watched> watchedByDirectory = new HashMap<>();
  private boolean refused;

  private record Watched(WatchKey key, Optional<Object> fileKey) {}

  DirectoryWatch(FileSystem fileSystem, Runnable hint) {
    this.hint = hint;
    this.service = open(fileSystem);
    if (service != null) {
      Thread thread = new Thread(() -> listen(service), "mooring-file-watch-0");
      thread.setDaemon(true);
      thread.start();
    }
  }

  private static @Nullable WatchService open(FileSystem fileSystem) {
    try {
      return fileSystem.newWatchService();
    } catch (IOException | UnsupportedOperationException e) {
      LOG.info("event=file_watch_unavailable hint=\"changes are seen by polling\"", e);
      return null;
    }
  }

  /**
   * Watches these directories and no others; one that was replaced is watched anew. Does nothing
   * once closed.
   */
  void follow(Map<Path, Optional<Object>> keysByDirectory) {
    if (service == null) {
      return;
    }
    watchedByDirectory
        .entrySet()
        .removeIf(
            entry -> {
              boolean stale =
                  !entry.getValue().fileKey().equals(keysByDirectory.get(entry.getKey()))
                      || !entry.getValue().key().isValid();
              if (stale) {
                entry.getValue().key().cancel();
              }
              return stale;
            });
    keysByDirectory.forEach(
        (directory, fileKey) -> {
          if (!watchedByDirectory.containsKey(directory)) {
            watch(service, directory, fileKey);
          }
        });
  }

  private void watch(WatchService service, Path directory, Optional<Object> fileKey) {
    try {
      WatchKey key =
          directory.register(
              service,
              StandardWatchEventKinds.ENTRY_CREATE,
              StandardWatchEventKinds.ENTRY_MODIFY,
              StandardWatchEventKinds.ENTRY_DELETE);
      watchedByDirectory.put(directory, new Watched(key, fileKey));
      hint.run(); // for what changed between the look and the registration
    } catch (ClosedWatchServiceException e) {
      return; // closed meanwhile
    } catch (NoSuchFileException | NotDirectoryException e) {
      LOG.debug("event=directory_vanished directory=\"{}\"", directory, e);
    } catch (IOException e) {
      if (!refused) {
        refused = true; // e.g. the user's limit of inotify watches; say so once
        LOG.info(
            "event=file_watch_refused directory=\"{}\" hint=\"changes are seen by polling\"",
            directory,
            e);
      }
    }
  }

  private void listen(WatchService service) {
    try {
      while (true) {
        WatchKey key = service.take();
        boolean ours = false;
        for (WatchEvent<?> event : key.pollEvents()) {
          ours |= concerns(event);
        }
        key.reset();
        if (ours) {
          hint.run();
        }
      }
    } catch (ClosedWatchServiceException e) {
      return; // the end
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * A write to somebody else's file, say a log, is none of our business; but any name may turn out
   * to be a directory or the link behind a ConfigMap that comes or goes.
   */
  private static boolean concerns(WatchEvent<?> event) {
    return event.kind() != StandardWatchEventKinds.ENTRY_MODIFY
        || !(event.context() instanceof Path name)
        || DirectoryListing.isConfiguration(name.toString());
  }

  @Override
  public void close() {
    if (service != null) {
      try {
        service.close();
      } catch (IOException e) {
        LOG.warn("event=file_watch_close_failed", e);
      }
    }
  }
}
