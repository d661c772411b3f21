package io.mooring.xds.protocol;

import io.mooring.xds.resource.VersionedResource;
import java.time.Instant;
import java.util.Collection;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The signs of life that resources of one type need which end by themselves. Confined to its
 * session.
 */
final class Heartbeats {

  private record Beat(VersionedResource sign, Instant due) {}

  private final SortedMap<String, Beat> beatByName = new TreeMap<>();

  /** The client has got this under that name: the first sign follows when half its time is over. */
  void start(String name, VersionedResource resource, Instant now) {
    resource
        .ttl()
        .ifPresentOrElse(
            ttl -> beatByName.put(name, new Beat(resource.heartbeat(), now.plus(ttl.dividedBy(2)))),
            () -> beatByName.remove(name));
  }

  /** The client has it from an earlier stream: there is no telling how long since. */
  void resume(String name, VersionedResource resource, Instant now) {
    if (resource.ttl().isPresent()) {
      beatByName.putIfAbsent(name, new Beat(resource.heartbeat(), now));
    }
  }

  /** As {@link #resume}, of all. */
  void hasten(Instant now) {
    beatByName.replaceAll((name, beat) -> new Beat(beat.sign(), now));
  }

  void stop(String name) {
    beatByName.remove(name);
  }

  /** What the client did not take lives on with its former content, of which nothing is known. */
  void rejected(Collection<String> resourceNames) {
    beatByName.values().removeIf(beat -> resourceNames.contains(beat.sign().name()));
  }

  boolean isDue(Instant now) {
    return !now.isBefore(next());
  }

  /** Returns when the next sign is due; {@link Instant#MAX}: never. */
  Instant next() {
    Instant first = Instant.MAX;
    for (Beat beat : beatByName.values()) {
      first = beat.due().isBefore(first) ? beat.due() : first;
    }
    return first;
  }

  /** Returns the signs that are due, in the order of names, and plans the next ones. */
  Collection<VersionedResource> take(Instant now) {
    SortedMap<String, VersionedResource> due = new TreeMap<>();
    beatByName.replaceAll(
        (name, beat) -> {
          if (now.isBefore(beat.due())) {
            return beat;
          }
          due.put(beat.sign().name(), beat.sign());
          return new Beat(beat.sign(), now.plus(beat.sign().ttl().orElseThrow().dividedBy(2)));
        });
    return due.values();
  }
}
