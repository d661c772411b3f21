package io.mooring.examples.bookinfo;

import java.io.IOException;
import java.nio.file.Path;

/** What runs beside the programs on the VMs. Thread-safe. */
interface DataPlane extends AutoCloseable {

  /** Returns what it is, for people. */
  String name();

  /** Returns whether it speaks TLS. */
  boolean tls();

  /**
   * Lets a VM join, or come back if it was there before: a VM with a certificate needs no token.
   *
   * @param bundle the VM's bootstrap files
   * @return the identity that it got
   * @throws IOException if the data plane cannot be run
   */
  String join(Vm vm, Path bundle) throws IOException;

  /** Takes a VM away: its proxy and its agent end. */
  void leave(Vm vm);

  /** Takes every VM away. */
  @Override
  void close();
}
