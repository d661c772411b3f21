package io.mooring.testkit.xds;

import io.mooring.xds.resource.XdsType;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One ADS stream of a proxy, in one of the two variants. Confined to the proxy's monitor. */
interface ProxyStream {

  /**
   * Asks for names for the first time on this stream.
   *
   * @param versions what the proxy kept from an earlier stream, by name
   * @param version what it accepted last on an earlier stream; {@code ""} if nothing
   */
  void ask(XdsType type, Set<String> names, Map<String, String> versions, String version);

  /**
   * Changes what it asks for.
   *
   * @param all everything that it wants now
   */
  void change(XdsType type, List<String> subscribe, List<String> unsubscribe, Set<String> all);

  /** Accepts a response. */
  void acknowledge(Received response, Set<String> all);

  /** Rejects a response. */
  void reject(Received response, String message, Set<String> all, String acceptedVersion);

  /** Lets one more message come. */
  void read();

  void halfClose();

  void cancel();
}
