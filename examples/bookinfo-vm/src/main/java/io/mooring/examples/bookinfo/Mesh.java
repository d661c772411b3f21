package io.mooring.examples.bookinfo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The control plane of the demo, as far as the demo uses it. */
interface Mesh extends AutoCloseable {

  /** Returns where it listens. */
  String listenAddress();

  /** Writes the bootstrap files of a VM, with a token of its own, into {@code directory}. */
  void writeBundle(Vm vm, Path directory) throws IOException;

  /** Returns the addresses of a service's endpoints that the registry knows, sorted. */
  List<String> endpoints(String host);

  @Override
  void close();
}
