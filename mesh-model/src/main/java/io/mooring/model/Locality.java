package io.mooring.model;

/**
 * Where a workload runs. Immutable.
 *
 * @param region region, {@code ""} when unknown
 * @param zone zone within the region, {@code ""} when unknown
 * @param subzone part of the zone, {@code ""} when unknown
 */
public record Locality(String region, String zone, String subzone) implements Comparable<Locality> {

  /** The locality of a workload that says nothing of it. */
  public static final Locality UNKNOWN = new Locality("", "", "");

  /**
   * Returns the locality that {@code region/zone/subzone} names; missing parts are empty, and what
   * follows the third does not count, as in Istio.
   */
  public static Locality parse(String text) {
    String[] parts = text.split("/", -1);
    return new Locality(
        parts[0], parts.length > 1 ? parts[1] : "", parts.length > 2 ? parts[2] : "");
  }

  @Override
  public int compareTo(Locality other) {
    return toString().compareTo(other.toString());
  }

  /** Returns {@code region/zone/subzone} without empty trailing parts. */
  @Override
  public String toString() {
    if (!subzone.isEmpty()) {
      return region + "/" + zone + "/" + subzone;
    }
    return zone.isEmpty() ? region : region + "/" + zone;
  }
}
