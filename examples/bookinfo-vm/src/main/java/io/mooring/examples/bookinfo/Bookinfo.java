package io.mooring.examples.bookinfo;

import io.mooring.examples.bookinfo.app.Application;
import io.mooring.examples.bookinfo.app.Details;
import io.mooring.examples.bookinfo.app.Productpage;
import io.mooring.examples.bookinfo.app.Ratings;
import io.mooring.examples.bookinfo.app.Reviews;
import io.mooring.examples.bookinfo.app.Sidecar;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The six programs, each on its VM. Confined to one thread. */
final class Bookinfo implements AutoCloseable {

  private static final int FIRST_ADDRESS = 11;

  private final LoopbackBlock block;
  private final List<Application> programs = new ArrayList<>();
  private final List<Vm> vms = new ArrayList<>();

  private Bookinfo(LoopbackBlock block) {
    this.block = block;
  }

  /**
   * Starts the programs on free ports.
   *
   * @throws IOException if there is none; nothing stays open
   */
  static Bookinfo start(LoopbackBlock block) throws IOException {
    Bookinfo bookinfo = new Bookinfo(block);
    try {
      bookinfo.add("productpage", "v1", Productpage.start(bookinfo.nextSidecar()));
      bookinfo.add("details", "v1", Details.start());
      for (String version : List.of("v1", "v2", "v3")) {
        bookinfo.add("reviews", version, Reviews.start(version, bookinfo.nextSidecar()));
      }
      bookinfo.add("ratings", "v1", Ratings.start());
      return bookinfo;
    } catch (IOException | RuntimeException e) {
      bookinfo.close();
      throw e;
    }
  }

  private Sidecar nextSidecar() {
    return new Sidecar(nextAddress());
  }

  private String nextAddress() {
    return block.address(FIRST_ADDRESS + vms.size());
  }

  private void add(String app, String version, Application program) {
    programs.add(program);
    vms.add(Vm.of(app, version, nextAddress(), program));
  }

  /** Returns the VMs, productpage first, ratings last. */
  List<Vm> vms() {
    return List.copyOf(vms);
  }

  /** Returns the VM of an app that has one. */
  Vm vm(String app) {
    return vms.stream()
        .filter(vm -> vm.app().equals(app))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("app: '" + app + "' (expected: one of " + vms));
  }

  @Override
  public void close() {
    programs.forEach(Application::close);
  }
}
