package io.mooring.registry;

import io.mooring.registry.SourceStatus.Outage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Remembers how the registry stands with each source. Confined to the registry writer. */
final class SourceStatuses {

  private static final Logger LOG = LoggerFactory.getLogger(ServiceRegistry.class);

  private final List<SourceStatus> statuses = new ArrayList<>();

  SourceStatuses(List<String> names) {
    names.forEach(name -> statuses.add(new SourceStatus(name, false, Optional.empty())));
  }

  /** Returns the statuses in the order of the sources. */
  List<SourceStatus> all() {
    return List.copyOf(statuses);
  }

  /** Returns whether every source has handed over what it held when it started. */
  boolean areSynced() {
    return statuses.stream().allMatch(SourceStatus::synced);
  }

  /** Notes what a batch says of its source; returns whether that is news. */
  boolean note(int source, List<RegistryEvent> batch, Instant now) {
    SourceStatus before = statuses.get(source);
    SourceStatus after = before;
    for (RegistryEvent event : batch) {
      if (event instanceof RegistryEvent.Synced) {
        after = new SourceStatus(after.name(), true, Optional.empty());
      } else if (event instanceof RegistryEvent.Stale stale) {
        Instant since = after.outage().map(Outage::since).orElse(now);
        after =
            new SourceStatus(
                after.name(), after.synced(), Optional.of(new Outage(since, stale.reason())));
      }
    }
    if (after.equals(before)) {
      return false;
    }
    statuses.set(source, after);
    log(before, after);
    return true;
  }

  private static void log(SourceStatus before, SourceStatus after) {
    if (after.isStale() && !before.isStale()) {
      LOG.warn(
          "event=source_stale source=\"{}\" reason=\"{}\" hint=\"what it said last goes on being"
              + " served\"",
          after.name(),
          after.outage().orElseThrow().reason());
    } else if (before.isStale() && !after.isStale()) {
      LOG.info("event=source_back source=\"{}\"", after.name());
    }
  }
}
