package io.mooring.registry;

import io.mooring.model.ConfigKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Remembers what is refused. Confined to the registry writer, but for {@link #all}. */
final class RejectionTable {

  private static final Logger LOG = LoggerFactory.getLogger(ServiceRegistry.class);

  private final Map<String, Map<ConfigKey, Rejection>> rejectionsBySource = new TreeMap<>();
  private volatile List<Rejection> all = List.of();

  /** Returns what was refused when last published, by source name, then key. On any thread. */
  List<Rejection> all() {
    return all;
  }

  /** Returns what takes in one batch of a source. */
  OfSource of(String source) {
    return new OfSource(source);
  }

  /** Keeps the table in step with a batch of one source. */
  final class OfSource implements SourceTable.RejectionHandler {
    private final String source;
    private boolean differs;

    private OfSource(String source) {
      this.source = source;
    }

    @Override
    public void rejected(ConfigKey key, IllegalArgumentException reason) {
      if (note(key, String.valueOf(reason.getMessage()))) {
        LOG.warn(
            "event=object_refused source=\"{}\" object=\"{}\" reason=\"{}\" hint=\"what the source"
                + " said before stays\"",
            source,
            key,
            reason.getMessage());
      }
    }

    /** Returns whether that is news. */
    boolean note(ConfigKey key, String reason) {
      Rejection rejection = new Rejection(source, key, reason);
      boolean news =
          !rejection.equals(
              rejectionsBySource
                  .computeIfAbsent(source, name -> new TreeMap<>())
                  .put(key, rejection));
      differs |= news;
      return news;
    }

    @Override
    public void settled(ConfigKey key) {
      Map<ConfigKey, Rejection> open = rejectionsBySource.get(source);
      differs |= open != null && open.remove(key) != null;
    }

    /** Shows what differs, all at once: each time costs as much as there are rejections. */
    void publish() {
      if (differs) {
        List<Rejection> next = new ArrayList<>();
        rejectionsBySource.values().forEach(open -> next.addAll(open.values()));
        all = Collections.unmodifiableList(next);
        differs = false;
      }
    }
  }
}
