package io.mooring.service;

import io.mooring.model.ConfigObject;
import io.mooring.model.Metadata;
import io.mooring.model.networking.WorkloadEntry;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is known of the workload of a WorkloadEntry that somebody wrote by hand: its health, and
 * what the operator wants of it. Another source holds it as an entry of the same key with the
 * annotation {@value #ANNOTATION}; nothing else of that entry counts, and alone it is nothing.
 * Pure.
 */
public final class EntryOverlay {

  /** The annotation that makes a WorkloadEntry an overlay. */
  public static final String ANNOTATION = "mooring.io/state-of-entry";

  private static final List<String> CARRIED =
      List.of(WorkloadRules.HEALTH_CHECKED_ANNOTATION, AdminState.ANNOTATION);

  private EntryOverlay() {}

  /** Returns whether an object is an overlay. */
  public static boolean is(ConfigObject object) {
    return object instanceof WorkloadEntry entry
        && entry.metadata().annotations().containsKey(ANNOTATION);
  }

  /** Returns an entry with what an overlay of its key knows. */
  public static WorkloadEntry apply(WorkloadEntry overlay, WorkloadEntry entry) {
    Map<String, String> annotations = new TreeMap<>(entry.metadata().annotations());
    for (String name : CARRIED) {
      String value = overlay.metadata().annotations().get(name);
      if (value != null) {
        annotations.put(name, value);
      }
    }
    return WorkloadEntry.builder()
        .from(entry)
        .metadata(Metadata.builder().from(entry.metadata()).annotations(annotations).build())
        .status(overlay.status().or(entry::status))
        .build();
  }
}
