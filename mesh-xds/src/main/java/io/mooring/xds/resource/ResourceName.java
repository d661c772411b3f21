package io.mooring.xds.resource;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What the names of resources mean that are URIs: {@code xdstp://AUTHORITY/TYPE/ID?PARAMETERS}. All
 * other names are opaque.
 *
 * @see <a href="https://github.com/cncf/xds/blob/main/proposals/TP1-xds-transport-next.md">TP1</a>
 */
public final class ResourceName {

  private static final String SCHEME = "xdstp:";
  private static final String GLOB = "/*";

  private ResourceName() {}

  /** Returns the one spelling of a name: its parameters in order, as their order means nothing. */
  public static String canonical(String name) {
    int query = name.startsWith(SCHEME) ? name.indexOf('?') : -1;
    if (query < 0) {
      return name;
    }
    int fragment = name.indexOf('#', query);
    int end = fragment < 0 ? name.length() : fragment;
    String parameters =
        Arrays.stream(name.substring(query + 1, end).split("&", -1))
            .sorted()
            .collect(Collectors.joining("&"));
    return name.substring(0, query + 1) + parameters + name.substring(end);
  }

  /** Returns whether a name stands for a collection: its path ends in {@code /*}. */
  public static boolean isGlob(String name) {
    return name.startsWith(SCHEME) && path(name).endsWith(GLOB);
  }

  /**
   * Returns the collection that a resource is in: its own name with {@code *} for the last segment
   * of the path, and the same parameters; empty if names of its kind are in none.
   */
  public static Optional<String> glob(String name) {
    if (!name.startsWith(SCHEME)) {
      return Optional.empty();
    }
    String path = path(name);
    int slash = path.lastIndexOf('/');
    return slash < 0
        ? Optional.empty()
        : Optional.of(path.substring(0, slash) + GLOB + name.substring(path.length()));
  }

  private static String path(String name) {
    int query = name.indexOf('?');
    return query < 0 ? name : name.substring(0, query);
  }
}
