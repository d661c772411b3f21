package io.mooring.examples.bookinfo.app;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A request as an application gets it. Immutable.
 *
 * @param path without the query
 * @param headers by name in lower case
 */
record Call(String path, Map<String, String> headers) {

  /** What an application must hand on, so that one trace is one trace and one user stays one. */
  private static final Set<String> PASSED_ON =
      Set.of(
          "b3",
          "baggage",
          "end-user",
          "traceparent",
          "tracestate",
          "x-b3-flags",
          "x-b3-parentspanid",
          "x-b3-sampled",
          "x-b3-spanid",
          "x-b3-traceid",
          "x-request-id");

  private static final Pattern PEER = Pattern.compile("(?:^|;)URI=([^;,]+)");

  Call {
    Map<String, String> copy = new TreeMap<>();
    headers.forEach((name, value) -> copy.put(name.toLowerCase(Locale.ROOT), value));
    headers = Map.copyOf(copy);
  }

  /** Returns the headers for the calls that this one causes. */
  Map<String, String> passedOn() {
    Map<String, String> some = new TreeMap<>(headers);
    some.keySet().retainAll(PASSED_ON);
    return some;
  }

  /**
   * Returns the SPIFFE ID of the caller that the sidecar verified: the last element of {@code
   * x-forwarded-client-cert}, the only one that our own sidecar wrote.
   */
  Optional<String> peer() {
    String certificates = headers.getOrDefault("x-forwarded-client-cert", "");
    Matcher uri = PEER.matcher(certificates.substring(certificates.lastIndexOf(',') + 1));
    return uri.find() ? Optional.of(uri.group(1)) : Optional.empty();
  }
}
