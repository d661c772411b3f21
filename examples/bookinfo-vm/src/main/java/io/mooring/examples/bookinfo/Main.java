package io.mooring.examples.bookinfo;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.mooring.examples.bookinfo.account.Account;
import io.mooring.testkit.envoy.EnvoyInstaller;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;

/**
 * The command: runs the demo and exits 0 if every step passed, 1 if one failed, 2 if it was used
 * wrongly.
 */
public final class Main {

  private Main() {}

  /**
   * Runs the demo.
   *
   * @param arguments the folder to install Envoy in, if there is none
   */
  public static void main(String[] arguments) throws Exception {
    if (arguments.length != 1) {
      System.err.println("arguments: " + List.of(arguments) + " (expected: a build folder)");
      System.exit(2);
    }
    endWithParent();
    System.exit(run(Path.of(arguments[0])) ? 0 : 1);
  }

  private static boolean run(Path folder) throws Exception {
    Account account = new Account(new PrintStream(System.out, true, UTF_8), InstantSource.system());
    account.say("Mooring: bookinfo on six VMs of this machine");
    Random random = new Random();
    DataPlane dataPlane = dataPlane(folder, account, random);
    try (Demo demo = Demo.prepare(account, dataPlane, random)) {
      Thread hook = new Thread(() -> close(demo), "bookinfo-shutdown");
      Runtime.getRuntime().addShutdownHook(hook);
      demo.run();
      Runtime.getRuntime().removeShutdownHook(hook);
    }
    return account.finish();
  }

  private static DataPlane dataPlane(Path folder, Account account, Random random)
      throws InterruptedException {
    return new EnvoyInstaller(folder)
        .findOrInstall()
        .fold(
            found -> new EnvoyDataPlane(found.path(), found.origin()),
            missing -> {
              account.say("no Envoy, going on with the in-process proxy: " + missing.reason());
              return new InProcessDataPlane(random);
            });
  }

  private static void close(Demo demo) {
    try {
      demo.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Maven does not end its children when it is killed itself. */
  private static void endWithParent() {
    ProcessHandle.current()
        .parent()
        .ifPresent(parent -> parent.onExit().thenRun(() -> System.exit(1)));
  }
}
