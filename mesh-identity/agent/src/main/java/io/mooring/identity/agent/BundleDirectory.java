package io.mooring.identity.agent;

import io.mooring.identity.TrustBundle;
import io.mooring.identity.bootstrap.AgentConfig;
import io.mooring.identity.bootstrap.BootstrapFiles;
import io.mooring.identity.bootstrap.EnvoyBootstrap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The files of a bundle as an agent reads them. Immutable, but for the roots.
 *
 * @param config what the agent is told
 * @param roots what the control plane must be vouched for by
 * @param envoy the configuration that Envoy's own is made from
 * @param tokenFile where the join token is, or will be
 */
record BundleDirectory(
    AgentConfig config, BundleRoots roots, EnvoyBootstrap envoy, Path tokenFile) {

  /**
   * Reads {@code directory}.
   *
   * @throws AgentStartException if a file other than the token is missing or wrong; names the file
   */
  static BundleDirectory read(Path directory) {
    AgentConfig config =
        parse(directory.resolve(BootstrapFiles.AGENT), text -> AgentConfig.parse(text));
    Path rootsFile = directory.resolve(BootstrapFiles.ROOT_CERTIFICATES);
    TrustBundle roots =
        parse(rootsFile, text -> TrustBundle.parse(config.identity().trustDomain(), text));
    return new BundleDirectory(
        config,
        new BundleRoots(rootsFile, roots),
        parse(directory.resolve(BootstrapFiles.ENVOY), text -> EnvoyBootstrap.parse(text)),
        directory.resolve(BootstrapFiles.TOKEN));
  }

  private interface Parser<T> {
    T parse(String text);
  }

  private static <T> T parse(Path file, Parser<T> parser) {
    try {
      return parser.parse(Files.readString(file));
    } catch (IOException e) {
      throw new AgentStartException("bundle file cannot be read: " + FailureText.of(e), e);
    } catch (IllegalArgumentException e) {
      throw new AgentStartException("bundle file '" + file + "': " + e.getMessage(), e);
    }
  }
}
