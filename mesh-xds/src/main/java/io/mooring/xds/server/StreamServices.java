package io.mooring.xds.server;

import io.mooring.xds.protocol.ContentVersions;
import io.mooring.xds.push.PushService;
import java.time.InstantSource;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;

/** What every stream of a server shares. */
record StreamServices(
    PushService<?> push,
    NodeAuthorizer authorizer,
    StreamListener listener,
    XdsObserver observer,
    XdsLimits limits,
    InstantSource clock,
    ScheduledExecutorService scheduler,
    ContentVersions versions,
    Consumer<XdsStream<?>> onEnd) {

  void ended(XdsStream<?> stream) {
    onEnd.accept(stream);
  }
}
