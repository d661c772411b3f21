package io.mooring.identity.bundle;

import io.mooring.identity.IpLiteral;
import io.mooring.identity.X509Svid;
import java.net.InetAddress;
import java.security.PrivateKey;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a TLS server shows: a chain and its key. Immutable; the key shows in no text.
 *
 * @param chain leaf first, root left out
 * @param key the private key of the leaf
 */
public record ServerIdentity(List<X509Certificate> chain, PrivateKey key) {

  private static final int DNS_NAME = 2; // RFC 5280 4.2.1.6
  private static final int IP_ADDRESS = 7;

  /**
   * Copies the chain.
   *
   * @throws IllegalArgumentException if it is empty
   */
  public ServerIdentity {
    chain = List.copyOf(chain);
    if (chain.isEmpty()) {
      throw new IllegalArgumentException("empty chain (expected: the leaf certificate first)");
    }
  }

  /**
   * Returns the identity of an SVID.
   *
   * @throws IllegalArgumentException if {@code svid} has no private key
   */
  public static ServerIdentity of(X509Svid svid) {
    return new ServerIdentity(
        svid.chain(),
        svid.privateKey()
            .orElseThrow(() -> new IllegalArgumentException(svid + " has no private key")));
  }

  /** Returns whether the leaf names {@code host}: a DNS name, wildcards included, or an IP. */
  boolean isFor(String host) {
    Optional<InetAddress> ip = IpLiteral.parse(host);
    try {
      Collection<List<?>> names = chain.get(0).getSubjectAlternativeNames();
      return names != null
          && names.stream()
              .anyMatch(
                  name ->
                      ip.isPresent()
                          ? isIp(name, ip.get())
                          : Integer.valueOf(DNS_NAME).equals(name.get(0))
                              && covers(String.valueOf(name.get(1)), host));
    } catch (CertificateParsingException e) {
      return false; // then no client can find the name either
    }
  }

  private static boolean isIp(List<?> name, InetAddress ip) {
    return Integer.valueOf(IP_ADDRESS).equals(name.get(0))
        && IpLiteral.parse(String.valueOf(name.get(1))).filter(ip::equals).isPresent();
  }

  /** RFC 6125 6.4.3: a wildcard is the whole left-most label and stands for one label. */
  private static boolean covers(String pattern, String host) {
    String wanted = host.toLowerCase(Locale.ROOT);
    String name = pattern.toLowerCase(Locale.ROOT);
    int dot = wanted.indexOf('.');
    return name.equals(wanted)
        || (name.startsWith("*.") && dot > 0 && name.substring(1).equals(wanted.substring(dot)));
  }

  @Override
  public String toString() {
    return "ServerIdentity[" + chain.get(0).getSubjectX500Principal() + "]";
  }
}
