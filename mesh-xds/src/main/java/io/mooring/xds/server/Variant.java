package io.mooring.xds.server;

import io.envoyproxy.envoy.config.core.v3.Node;
import io.mooring.xds.protocol.Outgoing;
import io.mooring.xds.protocol.Request;
import io.mooring.xds.resource.XdsType;
import java.io.IOException;
import java.io.InputStream;

/** How one variant of the protocol writes requests and responses. Immutable. */
interface Variant<Q> {

  boolean isDelta();

  /** Returns what stands for bytes that are no request; compared by identity. */
  Q malformed();

  /**
   * Reads a request from all of {@code bytes}.
   *
   * @throws IOException if they are none
   */
  Q parse(InputStream bytes) throws IOException;

  Node node(Q request);

  String typeUrl(Q request);

  int nameCount(Q request);

  Request decode(Q request, XdsType type);

  HealthSignal health(Q request);

  WireResponse encode(Outgoing response);
}
