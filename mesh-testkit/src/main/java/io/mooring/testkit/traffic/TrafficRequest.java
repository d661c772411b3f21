package io.mooring.testkit.traffic;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The head of an HTTP request. Immutable.
 *
 * @param method e.g. {@code GET}
 * @param authority the Host header: {@code host} or {@code host:port}
 * @param path with the query, if any; begins with {@code /}
 * @param headers by name in lower case, without Host; several values of one name are one, joined by
 *     a comma
 */
public record TrafficRequest(
    String method, String authority, String path, Map<String, String> headers) {

  /** Copies the headers and puts their names in lower case. */
  public TrafficRequest {
    requireNonNull(method, "method");
    requireNonNull(authority, "authority");
    requireNonNull(path, "path");
    Map<String, String> copy = new TreeMap<>();
    headers.forEach((name, value) -> copy.put(name.toLowerCase(Locale.ROOT), value));
    headers = Collections.unmodifiableMap(copy);
  }

  /** Returns a GET without headers. */
  public static TrafficRequest get(String authority, String path) {
    return new TrafficRequest("GET", authority, path, Map.of());
  }

  /** Returns this request with one header set. */
  public TrafficRequest withHeader(String name, String value) {
    Map<String, String> more = new TreeMap<>(headers);
    more.put(name.toLowerCase(Locale.ROOT), value);
    return new TrafficRequest(method, authority, path, more);
  }

  TrafficRequest withAuthority(String other) {
    return new TrafficRequest(method, other, path, headers);
  }

  TrafficRequest withPath(String other) {
    return new TrafficRequest(method, authority, other, headers);
  }

  TrafficRequest withoutHeader(String name) {
    Map<String, String> less = new TreeMap<>(headers);
    less.remove(name.toLowerCase(Locale.ROOT));
    return new TrafficRequest(method, authority, path, less);
  }

  /** Returns a header, or a pseudo-header that Envoy's matchers use: {@code :method}, ... */
  Optional<String> header(String name) {
    String key = name.toLowerCase(Locale.ROOT);
    return switch (key) {
      case ":method" -> Optional.of(method);
      case ":authority", "host" -> Optional.of(authority);
      case ":path" -> Optional.of(path);
      case ":scheme" -> Optional.of("http");
      default -> Optional.ofNullable(headers.get(key));
    };
  }

  /** Returns the path without the query. */
  String pathOnly() {
    int query = path.indexOf('?');
    return query < 0 ? path : path.substring(0, query);
  }
}
