package io.mooring.examples.bookinfo;

import io.mooring.examples.bookinfo.app.Application;
import java.util.Map;

/**
 * One "VM": a loopback address of its own and the program that runs on it. Immutable.
 *
 * @param app name of the service, e.g. {@code reviews}
 * @param version e.g. {@code v2}
 * @param address its IP in the mesh
 * @param port of the program, on {@code 127.0.0.1} and, by the sidecar, on the VM's address
 */
record Vm(String app, String version, String address, int port) {

  static Vm of(String app, String version, String address, Application program) {
    return new Vm(app, version, address, program.port());
  }

  /** Returns the name of the VM and of its WorkloadGroup, e.g. {@code reviews-v2}. */
  String name() {
    return app + "-" + version;
  }

  /** Returns the host of its service. */
  String host() {
    return app + ".bookinfo.svc.cluster.local";
  }

  /** Returns the only identity that it may get. */
  String spiffeId() {
    return "spiffe://cluster.local/ns/bookinfo/sa/bookinfo-" + app;
  }

  /** Returns what the YAML templates say of a VM. */
  Map<String, String> placeholders() {
    return Map.of("name", name(), "app", app, "version", version, "port", Integer.toString(port));
  }
}
