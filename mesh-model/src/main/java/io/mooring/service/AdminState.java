package io.mooring.service;

import io.mooring.model.Metadata;
import java.util.Locale;

/**
 * What an operator wants of a workload, whatever its health: annotation {@value #ANNOTATION} of a
 * WorkloadEntry. Istio has no such switch.
 */
public enum AdminState {
  /** It gets traffic while it is healthy. */
  ENABLED,
  /** It gets no new traffic; connections that exist live on. */
  DRAINING,
  /** It is no endpoint of anything. */
  DISABLED;

  /** The annotation that holds the state in lower case; without it a workload is enabled. */
  public static final String ANNOTATION = "mooring.io/admin-state";

  /**
   * The annotation of an entry whose workload has gone, and which is there only to remember what
   * the operator wants of it: it describes no workload.
   */
  public static final String DEPARTED_ANNOTATION = "mooring.io/departed";

  /** Returns whether an object only remembers the state of a workload that has gone. */
  public static boolean isDeparted(Metadata metadata) {
    return metadata.annotations().containsKey(DEPARTED_ANNOTATION);
  }

  /** Returns the state of an object; one with a word that is none is enabled. */
  public static AdminState of(Metadata metadata) {
    String word = metadata.annotations().get(ANNOTATION);
    if (word == null) {
      return ENABLED;
    }
    for (AdminState state : values()) {
      if (state.toString().equalsIgnoreCase(word)) {
        return state;
      }
    }
    return ENABLED;
  }

  /**
   * Returns the state that a word spells, in any case.
   *
   * @throws IllegalArgumentException if it spells none
   */
  public static AdminState parse(String word) {
    for (AdminState state : values()) {
      if (state.toString().equalsIgnoreCase(word)) {
        return state;
      }
    }
    throw new IllegalArgumentException(
        "admin state '" + word + "' (expected: enabled, draining or disabled)");
  }

  /** Returns the name in lower case, as the annotation has it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
