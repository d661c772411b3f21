package io.mooring.xds.translate.listener;

import io.mooring.model.Protocol;
import io.mooring.model.networking.ServiceEntrySpec.Resolution;
import io.mooring.service.MeshPort;
import io.mooring.service.MeshService;
import io.mooring.service.ServiceTarget;
import java.util.OptionalInt;
import java.util.Set;

/** Services as tests need them. */
final class Services {

  private Services() {}

  static MeshService service(String host, int port, Protocol protocol, String... addresses) {
    return builder(host, port, protocol).addAddresses(addresses).build();
  }

  static MeshService.Builder builder(String host, int port, Protocol protocol) {
    return MeshService.builder()
        .host(host)
        .namespace("demo")
        .name(host)
        .origin(MeshService.Origin.SERVICE_ENTRY)
        .addPorts(new MeshPort(port, "p" + port, protocol, OptionalInt.empty()))
        .resolution(Resolution.STATIC)
        .meshExternal(false)
        .exportTo(Set.of("*"));
  }

  static ServiceTarget target(String host, int port, Protocol protocol, int targetPort) {
    MeshService service = service(host, port, protocol);
    return new ServiceTarget(service, service.ports().get(0), targetPort);
  }
}
