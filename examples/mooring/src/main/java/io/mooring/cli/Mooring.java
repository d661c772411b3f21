package io.mooring.cli;

import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;
import org.slf4j.bridge.SLF4JBridgeHandler;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The top of the command line. Exit status: 0 done, 1 the work failed, 2 wrong use. */
@Command(
    name = "mooring",
    description = "Ties virtual machines to a service mesh.",
    subcommands = {
      CaCommand.class,
      ServeCommand.class,
      TranslateCommand.class,
      ValidateCommand.class,
      AnalyzeCommand.class,
      ExplainCommand.class,
      VmCommand.class
    })
final class Mooring implements Runnable {

  @Spec private CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Shows this help and exits.")
  @SuppressWarnings("unused") // picocli acts on it
  private boolean help;

  @Option(
      names = {"-v", "--verbose"},
      scope = ScopeType.INHERIT,
      description = "Adds stack traces to errors.")
  private boolean verbose;

  /**
   * Where gRPC warns, with a stack trace, of each peer that sends more than a message may have.
   * There is nothing an operator could do, and the peer is told. Kept: loggers are forgotten.
   */
  private static final Logger PEER_ERRORS =
      Logger.getLogger("io.grpc.netty.shaded.io.grpc.netty.NettyServerStream");

  private final Termination termination;

  private Mooring(Termination termination) {
    this.termination = termination;
  }

  /** Runs the command and ends the process with its exit status. */
  public static void main(String[] args) {
    Termination termination = Termination.onSignal();
    int status = ModestHeap.run(args, termination).orElseGet(() -> runHere(args, termination));
    termination.commandEnded();
    System.exit(status);
  }

  private static int runHere(String[] args, Termination termination) {
    LogManager.getLogManager().reset();
    SLF4JBridgeHandler.install();
    Logger.getLogger("").setLevel(Level.WARNING);
    PEER_ERRORS.setLevel(Level.SEVERE);
    return commandLine(termination).execute(args);
  }

  /** Returns the command line; tests run it in their own process. */
  static CommandLine commandLine(Termination termination) {
    Mooring top = new Mooring(termination);
    CommandLine commands = new CommandLine(top);
    commands.registerConverter(Duration.class, new DurationConverter());
    commands.registerConverter(InetSocketAddress.class, new HostPortConverter());
    commands.setCaseInsensitiveEnumValuesAllowed(true);
    commands.setParameterExceptionHandler(
        (exception, args) -> {
          PrintWriter err = exception.getCommandLine().getErr();
          String command = exception.getCommandLine().getCommandSpec().qualifiedName();
          err.println(command + ": " + exception.getMessage());
          err.println("try: " + command + " --help");
          return CommandLine.ExitCode.USAGE;
        });
    commands.setExecutionExceptionHandler(
        (exception, command, parsed) -> {
          PrintWriter err = command.getErr();
          err.println(
              command.getCommandSpec().qualifiedName() + ": " + Failures.message(exception));
          if (top.verbose) {
            exception.printStackTrace(err);
          }
          return Failures.exitStatus(exception);
        });
    return commands;
  }

  /** Returns how the process of {@code command} ends when it is told to. */
  static Termination termination(CommandSpec command) {
    return ((Mooring) command.root().userObject()).termination;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }
}
