package io.mooring.identity.bootstrap;

/** Names of the files of a bundle, relative to its directory. */
public final class BootstrapFiles {

  /** The join token, one line. */
  public static final String TOKEN = "token";

  /** The roots of the trust domain, PEM. */
  public static final String ROOT_CERTIFICATES = "root-cert.pem";

  /** The Envoy bootstrap, valid as it is. */
  public static final String ENVOY = "envoy.json";

  /** The agent's configuration: {@link AgentConfig}. */
  public static final String AGENT = "agent.json";

  /** The script that sets up and removes transparent capture; only there when it was asked for. */
  public static final String CAPTURE = "capture.sh";

  private BootstrapFiles() {}
}
