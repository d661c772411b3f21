package io.mooring.examples.bookinfo;

import io.mooring.examples.bookinfo.account.Account;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One run: the programs, the control plane, the data plane, and a temporary directory, which all
 * end with it. Confined to one thread, but for {@link #close}.
 */
final class Demo implements AutoCloseable {

  private static final int CONTROL_PLANE = 1;

  private final Account account;
  private final DataPlane dataPlane;
  private final Path directory;
  private final LoopbackBlock block;
  private final Bookinfo bookinfo;
  private final AtomicReference<@Nullable Mesh> mesh = new AtomicReference<>();

  private Demo(
      Account account,
      DataPlane dataPlane,
      Path directory,
      LoopbackBlock block,
      Bookinfo bookinfo) {
    this.account = account;
    this.dataPlane = dataPlane;
    this.directory = directory;
    this.block = block;
    this.bookinfo = bookinfo;
  }

  /**
   * Starts the programs.
   *
   * @param dataPlane closed with the demo
   * @throws IOException if there is no port, address or temporary directory
   */
  static Demo prepare(Account account, DataPlane dataPlane, RandomGenerator random)
      throws IOException {
    LoopbackBlock block = LoopbackBlock.reserve(random);
    try {
      Path directory = Files.createTempDirectory("bookinfo-vm-");
      return new Demo(account, dataPlane, directory, block, Bookinfo.start(block));
    } catch (IOException e) {
      block.close();
      throw e;
    }
  }

  /** Runs every step. */
  void run() throws InterruptedException {
    MeshFiles files = new MeshFiles(directory.resolve("mesh"));
    account.say("data plane   " + dataPlane.name());
    account.say("directory    " + directory);
    account.say("");
    if (account.step("the control plane starts, embedded", () -> startMesh(files))) {
      Mesh started = mesh.get();
      if (started != null) {
        new Scenario(account, started, files, dataPlane, directory.resolve("vms"), bookinfo).run();
      }
    }
  }

  private String startMesh(MeshFiles files) throws IOException, InterruptedException {
    files.write("services.yaml", "services.yaml", Map.of());
    for (Vm vm : bookinfo.vms()) {
      files.write("group-" + vm.name() + ".yaml", "group.yaml", vm.placeholders());
    }
    Scenario.writeWeights(files, 0, 100, 0);
    if (!dataPlane.tls()) {
      files.write("mtls.yaml", "mtls.yaml", Map.of("mode", "DISABLE"));
    }
    Mesh started =
        Mesh.start(files.directory(), directory.resolve("data"), block.address(CONTROL_PLANE));
    mesh.set(started);
    InetSocketAddress listening = started.listenAddress();
    return "listens on %s:%d, reads %s"
        .formatted(listening.getHostString(), listening.getPort(), files.directory());
  }

  /** Ends everything that was started and deletes the directory. Idempotent. */
  @Override
  public void close() throws IOException {
    dataPlane.close();
    Mesh started = mesh.getAndSet(null);
    if (started != null) {
      started.close();
    }
    bookinfo.close();
    block.close();
    deleteTree(directory);
  }

  private static void deleteTree(Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    List<Path> deepestFirst;
    try (Stream<Path> tree = Files.walk(root)) {
      deepestFirst = tree.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : deepestFirst) {
      Files.deleteIfExists(path);
    }
  }
}
