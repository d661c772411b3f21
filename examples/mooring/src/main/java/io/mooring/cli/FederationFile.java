package io.mooring.cli;

import io.mooring.cli.Failures.CommandFailedException;
import io.mooring.identity.TrustBundle;
import io.mooring.identity.bundle.EndpointProfile;
import io.mooring.identity.bundle.FederatedDomain;
import io.mooring.model.spiffe.SpiffeId;
import io.mooring.model.spiffe.TrustDomain;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * The trust domains to federate with, in a file, YAML or JSON: a list of {@code trustDomain},
 * {@code endpoint} (a URL), {@code profile} ({@code https_web} or {@code https_spiffe}), and for
 * {@code https_spiffe} {@code endpointId} and {@code bundle}, the file with the bundle of the
 * endpoint's domain to begin with.
 */
final class FederationFile {

  private static final long MAX_BYTES = 1 << 20;
  private static final Set<String> WEB = Set.of("trustDomain", "endpoint", "profile");
  private static final Set<String> SPIFFE =
      Set.of("trustDomain", "endpoint", "profile", "endpointId", "bundle");

  private final Path file;

  private FederationFile(Path file) {
    this.file = file;
  }

  /**
   * Returns the domains of {@code file}; paths in it are relative to where it is.
   *
   * @throws CommandFailedException if it cannot be read or says something wrong
   */
  static List<FederatedDomain> read(Path file) {
    return new FederationFile(file).domains();
  }

  private List<FederatedDomain> domains() {
    List<FederatedDomain> domains = new ArrayList<>();
    if (!(tree() instanceof List<?> entries)) {
      throw wrong("no list (expected: one entry a trust domain)");
    }
    for (Object entry : entries) {
      if (!(entry instanceof Map<?, ?> fields)) {
        throw wrong("entry " + (domains.size() + 1) + " is no object");
      }
      try {
        domains.add(domain(fields));
      } catch (IllegalArgumentException e) {
        throw wrong("entry " + (domains.size() + 1) + ": " + e.getMessage());
      }
    }
    return domains;
  }

  private Object tree() {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw wrong("larger than 1 MiB");
      }
      return new Load(LoadSettings.builder().setLabel(file.toString()).build())
          .loadFromString(Files.readString(file));
    } catch (IOException e) {
      throw wrong(Failures.message(e));
    } catch (StackOverflowError e) {
      throw wrong("nested too deeply");
    } catch (YamlEngineException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  private FederatedDomain domain(Map<?, ?> fields) {
    String profile = text(fields, "profile");
    boolean spiffe = profile.equals("https_spiffe");
    if (!spiffe && !profile.equals("https_web")) {
      throw new IllegalArgumentException(
          "profile: '" + profile + "' (expected: https_web or https_spiffe)");
    }
    Set<String> unknown = new TreeSet<>();
    fields.keySet().forEach(name -> unknown.add(String.valueOf(name)));
    unknown.removeAll(spiffe ? SPIFFE : WEB);
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "fields " + unknown + " are unknown to profile '" + profile + "'");
    }
    TrustDomain trustDomain = new TrustDomain(text(fields, "trustDomain"));
    return new FederatedDomain(
        trustDomain,
        URI.create(text(fields, "endpoint")),
        spiffe ? spiffe(fields) : new EndpointProfile.Web());
  }

  private EndpointProfile spiffe(Map<?, ?> fields) {
    SpiffeId id = SpiffeId.parse(text(fields, "endpointId"));
    Path bundle = file.toAbsolutePath().resolveSibling(text(fields, "bundle"));
    try {
      return new EndpointProfile.Spiffe(
          id, TrustBundle.parseJson(id.trustDomain(), Files.readString(bundle)));
    } catch (IOException e) {
      throw new IllegalArgumentException("bundle: " + Failures.message(e), e);
    }
  }

  private static String text(Map<?, ?> fields, String name) {
    if (fields.get(name) instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException(name + " is missing (expected: a string)");
  }

  private CommandFailedException wrong(String reason) {
    return new CommandFailedException("--federation: " + file + ": " + reason);
  }
}
