package io.mooring.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.mooring.controlplane.operator.OperatorClient;
import io.mooring.service.AdminState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What an operator wants of one registered VM, whatever its probe says. */
abstract class VmAdminCommand implements Callable<Integer> {

  private static final Pattern ENTRY = Pattern.compile("([a-z0-9-]+)/([a-z0-9.-]+)");

  private final AdminState state;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "NAMESPACE/NAME", description = "The VM's entry, as vm list has it.")
  private String entry;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description = "Data directory of the running control plane.")
  private Path data;

  private VmAdminCommand(AdminState state) {
    this.state = state;
  }

  @Override
  public Integer call() throws IOException {
    Matcher parts = ENTRY.matcher(entry);
    if (!parts.matches()) {
      throw new ParameterException(
          spec.commandLine(), "'" + entry + "' (expected: NAMESPACE/NAME, as vm list has it)");
    }
    OperatorClient.call(
        data,
        JsonNodeFactory.instance
            .objectNode()
            .put("op", "admin-state")
            .put("namespace", parts.group(1))
            .put("entry", parts.group(2))
            .put("state", state.toString()));
    return 0;
  }

  /** {@code mooring vm drain}. */
  @Command(
      name = "drain",
      description = "A VM gets no new requests; those under way end. Lasts until vm enable.")
  static final class Drain extends VmAdminCommand {
    Drain() {
      super(AdminState.DRAINING);
    }
  }

  /** {@code mooring vm disable}. */
  @Command(name = "disable", description = "A VM is no endpoint of anything, until vm enable.")
  static final class Disable extends VmAdminCommand {
    Disable() {
      super(AdminState.DISABLED);
    }
  }

  /** {@code mooring vm enable}. */
  @Command(name = "enable", description = "A VM gets requests again, as its health allows.")
  static final class Enable extends VmAdminCommand {
    Enable() {
      super(AdminState.ENABLED);
    }
  }
}
