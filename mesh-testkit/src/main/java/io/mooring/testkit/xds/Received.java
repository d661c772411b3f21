package io.mooring.testkit.xds;

import com.google.protobuf.Any;
import io.mooring.xds.resource.XdsType;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One response as a proxy got it. Immutable.
 *
 * @param stream which of the proxy's streams brought it, from 1
 * @param version of the whole response
 * @param resources by name
 * @param versions version of each resource by name; empty in state of the world
 * @param removed names that the server said do not exist
 * @param bytes size of the message
 */
public record Received(
    int stream,
    XdsType type,
    String version,
    String nonce,
    SortedMap<String, Any> resources,
    SortedMap<String, String> versions,
    List<String> removed,
    int bytes) {

  public Received {
    resources = Collections.unmodifiableSortedMap(new TreeMap<>(resources));
    versions = Collections.unmodifiableSortedMap(new TreeMap<>(versions));
    removed = List.copyOf(removed);
  }

  /** Returns it in short, e.g. {@code Cluster a b -c}: names sent, and removed with a minus. */
  @Override
  public String toString() {
    StringBuilder text =
        new StringBuilder(type.typeUrl().substring(type.typeUrl().lastIndexOf('.') + 1));
    resources.keySet().forEach(name -> text.append(' ').append(name));
    removed.forEach(name -> text.append(" -").append(name));
    return text.toString();
  }
}
