package io.mooring.model.validation;

import io.mooring.model.mesh.MeshNetworks;
import io.mooring.model.mesh.Network;
import io.mooring.model.mesh.Network.NetworkEndpoints;
import io.mooring.model.mesh.Network.NetworkGateway;
import java.util.Optional;

/**
 * Rules of MeshNetworks. A gateway may be a host name: Istio takes one only behind a switch that is
 * on by default.
 */
final class MeshNetworksRules {

  private static final FieldPath NETWORKS = FieldPath.ROOT.field("spec").field("networks");

  private MeshNetworksRules() {}

  static void check(MeshNetworks networks, Violations violations) {
    networks
        .spec()
        .networks()
        .forEach((name, network) -> check(network, NETWORKS.field(name), violations));
  }

  private static void check(Network network, FieldPath path, Violations violations) {
    for (int i = 0; i < network.endpoints().size(); i++) {
      checkEndpoints(network.endpoints().get(i), path.field("endpoints").index(i), violations);
    }
    for (int i = 0; i < network.gateways().size(); i++) {
      checkGateway(network.gateways().get(i), path.field("gateways").index(i), violations);
    }
  }

  private static void checkEndpoints(
      NetworkEndpoints endpoints, FieldPath path, Violations violations) {
    checkOne(endpoints.fromCidr(), endpoints.fromRegistry(), path, violations);
    endpoints
        .fromCidr()
        .filter(block -> !Addresses.isCidr(block) && !Addresses.isIp(block))
        .ifPresent(block -> violations.error(path.field("fromCidr"), block, "a CIDR block"));
    endpoints
        .fromRegistry()
        .filter(registry -> !Names.isLabel(registry))
        .ifPresent(registry -> violations.error(path.field("fromRegistry"), registry, Names.LABEL));
  }

  private static void checkGateway(NetworkGateway gateway, FieldPath path, Violations violations) {
    checkOne(gateway.address(), gateway.registryServiceName(), path, violations);
    gateway
        .registryServiceName()
        .filter(name -> !Names.isHost(name))
        .ifPresent(name -> violations.error(path.field("registryServiceName"), name, Names.HOST));
    gateway
        .address()
        .filter(address -> !Addresses.isIp(address) && !Names.isHost(address))
        .ifPresent(
            address -> violations.error(path.field("address"), address, "an IP or " + Names.HOST));
    violations.port(path.field("port"), gateway.port());
  }

  private static void checkOne(
      Optional<String> one, Optional<String> other, FieldPath path, Violations violations) {
    if (one.isPresent() && other.isPresent()) {
      violations.conflict(path, "2 ways to find it (expected: one)");
    }
  }
}
