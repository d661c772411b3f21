package io.mooring.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code mooring vm}: what VMs need to join, and the agent on them. */
@Command(
    name = "vm",
    description =
        "Join tokens, bootstrap bundles and the agent of virtual machines; those that are"
            + " registered.",
    subcommands = {
      VmTokenCommand.class,
      VmBundleCommand.class,
      VmJoinCommand.class,
      VmListCommand.class,
      VmAdminCommand.Drain.class,
      VmAdminCommand.Disable.class,
      VmAdminCommand.Enable.class
    })
final class VmCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }
}
