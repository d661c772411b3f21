package io.mooring.xds.translate.listener;

import io.mooring.model.Protocol;
import io.mooring.service.ServiceTarget;
import java.util.Collection;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One port of the workload that some service names. Immutable.
 *
 * @param targetPort the port on the workload
 * @param servicePort the port of the oldest service that leads there
 * @param protocol as that service declares it
 */
record InboundPort(int targetPort, int servicePort, Protocol protocol) {

  /** Returns the ports that the proxy can serve, ascending; the oldest service has each. */
  static Collection<InboundPort> of(InboundListenerInput input) {
    SortedMap<Integer, InboundPort> byTargetPort = new TreeMap<>();
    for (ServiceTarget target : input.targets()) {
      if (isServed(input.addressing(), target)) {
        byTargetPort.putIfAbsent(
            target.targetPort(),
            new InboundPort(target.targetPort(), target.port().number(), target.port().protocol()));
      }
    }
    return byTargetPort.values();
  }

  private static boolean isServed(ListenerAddressing proxy, ServiceTarget target) {
    return target.port().protocol() != Protocol.UDP
        && !(proxy.isCaptured() && target.targetPort() == CaptureListeners.INBOUND_PORT);
  }
}
