package io.mooring.cli;

import com.google.common.net.InetAddresses;
import io.mooring.controlplane.MeshControlPlane;
import io.mooring.controlplane.MeshControlPlaneBuilder;
import io.mooring.identity.issue.LifetimePolicy;
import io.mooring.model.spiffe.InvalidSpiffeIdException;
import io.mooring.model.spiffe.TrustDomain;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code mooring serve}: the control plane, until it is told to end. */
@Command(
    name = "serve",
    description = "Serves a directory of configuration to Envoys, and identities to VMs.",
    showDefaultValues = true)
final class ServeCommand implements Callable<Integer> {

  private static final String ADVERTISE_EXPECTED =
      "--advertise: '%s' (expected: HOST or HOST:PORT, port 1..65535)";

  @Spec private CommandSpec spec;

  @Option(
      names = "--config",
      required = true,
      paramLabel = "DIR",
      description = "Directory of YAML and JSON files; edits take effect at once.")
  private Path config;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "./mooring-data",
      description = "Directory for the CA key, tokens and registered workloads; created 0700.")
  private Path data;

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:15012",
      description = "TLS: ADS and the certificate service. Port 0 picks one.")
  private InetSocketAddress listen;

  @Option(
      names = "--advertise",
      paramLabel = "HOST[:PORT]",
      description = "What VMs call; default: the listen address.")
  private @Nullable String advertise;

  @Option(
      names = "--plaintext",
      paramLabel = "HOST:PORT",
      description = "ADS without identity, for tests; loopback only.")
  private @Nullable InetSocketAddress plaintext;

  @Option(
      names = "--admin",
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:15014",
      description = "HTTP: /ready, /metrics, /debug/syncz, /debug/registryz, /debug/config_dump.")
  private InetSocketAddress admin;

  @Option(
      names = "--trust-domain",
      paramLabel = "TD",
      defaultValue = "cluster.local",
      description = "SPIFFE trust domain.")
  private String trustDomain;

  @Option(
      names = "--debounce",
      paramLabel = "DURATION",
      defaultValue = "100ms",
      description = "How long changes are gathered before a push.")
  private Duration debounce;

  @Option(
      names = "--grace",
      paramLabel = "DURATION",
      defaultValue = "10s",
      description = "How long a VM that went away stays registered.")
  private Duration grace;

  @Option(
      names = "--svid-ttl",
      paramLabel = "DURATION",
      defaultValue = "24h",
      description = "Lifetime of the certificates that VMs get.")
  private Duration svidTtl;

  @Option(
      names = "--bundle-endpoint",
      paramLabel = "HOST:PORT",
      description = "HTTPS (https_spiffe): publishes the trust bundle to other trust domains.")
  private @Nullable InetSocketAddress bundleEndpoint;

  @Option(
      names = "--federation",
      paramLabel = "FILE",
      description = "Trust domains whose identities VMs are to know, and their bundle endpoints.")
  private @Nullable Path federation;

  @Option(
      names = "--ca-key-password-file",
      paramLabel = "FILE",
      description =
          "File with the password of the CA's keys; default: the variable"
              + " MOORING_CA_KEY_PASSWORD, else they are not encrypted.")
  private @Nullable Path caKeyPasswordFile;

  @Override
  public Integer call() throws Exception {
    MeshControlPlaneBuilder builder = checkedOptions();
    Termination termination = Mooring.termination(spec);
    MeshControlPlane controlPlane = termination.closing(builder::start);
    PrintWriter out = spec.commandLine().getOut();
    out.println(readyLine(controlPlane));
    out.flush();
    termination.await();
    return 0;
  }

  /** Checks every value before anything opens, so that wrong use changes nothing. */
  private MeshControlPlaneBuilder checkedOptions() {
    if (!Files.isDirectory(config)) {
      throw wrong("--config", config, "an existing directory");
    }
    if (Files.exists(data) && !Files.isDirectory(data)) {
      throw wrong("--data", data, "a directory, or a path where one can be created");
    }
    if (svidTtl.compareTo(Duration.ofSeconds(10)) < 0
        || svidTtl.compareTo(LifetimePolicy.MAX) > 0) {
      throw wrong(
          "--svid-ttl", asWritten("--svid-ttl"), "10s to " + LifetimePolicy.MAX.toDays() + "d");
    }
    MeshControlPlaneBuilder builder = MeshControlPlane.builder();
    if (plaintext != null) {
      InetSocketAddress loopback = resolved("--plaintext", plaintext);
      if (!loopback.getAddress().isLoopbackAddress()) {
        throw wrong("--plaintext", asWritten("--plaintext"), "a loopback address");
      }
      builder.plaintext(loopback);
    }
    Optional.ofNullable(advertise)
        .map(this::advertised)
        .ifPresent(address -> builder.advertise(address.getHostString(), address.getPort()));
    try {
      builder.trustDomain(new TrustDomain(trustDomain));
    } catch (InvalidSpiffeIdException e) {
      throw new ParameterException(spec.commandLine(), "--trust-domain: " + e.getMessage(), e);
    }
    if (bundleEndpoint != null) {
      builder.bundleEndpoint(resolved("--bundle-endpoint", bundleEndpoint));
    }
    if (federation != null) {
      if (!Files.isRegularFile(federation)) {
        throw wrong("--federation", federation, "an existing file");
      }
      FederationFile.read(federation).forEach(builder::federate);
    }
    return builder
        .caKeyPassword(caKeyPassword())
        .configDirectory(config)
        .dataDirectory(data)
        .listen(resolved("--listen", listen))
        .admin(resolved("--admin", admin))
        .debounce(debounce)
        .grace(grace)
        .svidTtl(svidTtl);
  }

  /** Returns the password, never from the arguments, which every user of the machine can read. */
  private char[] caKeyPassword() {
    Path file = caKeyPasswordFile;
    if (file == null) {
      String variable = System.getenv("MOORING_CA_KEY_PASSWORD");
      return variable == null ? new char[0] : variable.toCharArray();
    }
    try {
      String password = Files.readString(file).replaceFirst("\\r?\\n$", "");
      if (!password.isEmpty() && password.lines().count() == 1 && password.length() <= 1024) {
        return password.toCharArray();
      }
    } catch (IOException e) {
      throw wrong("--ca-key-password-file", file, "a file that can be read");
    }
    throw wrong("--ca-key-password-file", file, "one line of at most 1,024 characters");
  }

  /** Returns what {@code HOST[:PORT]} names; port 0 stands for "the port that is listened on". */
  private InetSocketAddress advertised(String text) {
    boolean hasPort = text.matches(".*\\]:.*|[^:]*:[^:]*");
    boolean bareIpv6 = !hasPort && text.contains(":") && !text.startsWith("[");
    try {
      InetSocketAddress address =
          new HostPortConverter()
              .convert(hasPort ? text : (bareIpv6 ? "[" + text + "]" : text) + ":0");
      if (!hasPort || address.getPort() > 0) {
        return address;
      }
    } catch (TypeConversionException e) {
      throw new ParameterException(spec.commandLine(), ADVERTISE_EXPECTED.formatted(text), e);
    }
    throw new ParameterException(spec.commandLine(), ADVERTISE_EXPECTED.formatted(text));
  }

  private InetSocketAddress resolved(String option, InetSocketAddress address) {
    InetSocketAddress resolved = new InetSocketAddress(address.getHostString(), address.getPort());
    if (resolved.isUnresolved()) {
      throw wrong(option, asWritten(option), "a host that resolves");
    }
    return resolved;
  }

  private String asWritten(String option) {
    return String.join(" ", spec.findOption(option).originalStringValues());
  }

  private ParameterException wrong(String option, Object value, String expected) {
    return new ParameterException(
        spec.commandLine(), option + ": '" + value + "' (expected: " + expected + ")");
  }

  private static String readyLine(MeshControlPlane controlPlane) {
    StringBuilder line = new StringBuilder("ready listen=");
    line.append(hostPort(controlPlane.listenAddress()));
    controlPlane
        .plaintextAddress()
        .ifPresent(address -> line.append(" plaintext=").append(hostPort(address)));
    controlPlane
        .adminAddress()
        .ifPresent(address -> line.append(" admin=").append(hostPort(address)));
    controlPlane
        .bundleEndpointAddress()
        .ifPresent(address -> line.append(" bundle_endpoint=").append(hostPort(address)));
    return line.toString();
  }

  static String hostPort(InetSocketAddress address) {
    return InetAddresses.toUriString(address.getAddress()) + ":" + address.getPort();
  }
}
