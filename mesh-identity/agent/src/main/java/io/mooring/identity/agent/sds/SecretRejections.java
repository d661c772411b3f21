package io.mooring.identity.agent.sds;

/** Is told when Envoy refuses a secret. Called on the server's thread; must not block. */
@FunctionalInterface
public interface SecretRejections {

  /**
   * Envoy refused this version and goes on with the one before. Called once for each version of a
   * secret on a stream.
   *
   * @param secret its name
   * @param version the refused one
   * @param detail Envoy's words
   */
  void rejected(String secret, String version, String detail);
}
