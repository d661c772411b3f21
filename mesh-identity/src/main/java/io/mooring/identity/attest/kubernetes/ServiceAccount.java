package io.mooring.identity.attest.kubernetes;

import static java.util.Objects.requireNonNull;

import io.mooring.identity.attest.RefusalReason;
import io.mooring.identity.attest.RefusedException;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Whom a cluster's token speaks for. Immutable.
 *
 * @param namespace the account's namespace
 * @param name the account's name
 * @param podName the pod that the token is bound to; empty where it is bound to none, as on a VM
 * @param podUid that pod's UID
 */
public record ServiceAccount(
    String namespace, String name, Optional<String> podName, Optional<String> podUid) {

  private static final String PREFIX = "system:serviceaccount:";
  private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
  private static final Pattern SUBDOMAIN =
      Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
  private static final int MAX_SUBDOMAIN = 253;

  /** Checks that no part is missing. */
  public ServiceAccount {
    requireNonNull(namespace, "namespace");
    requireNonNull(name, "name");
    requireNonNull(podName, "podName");
    requireNonNull(podUid, "podUid");
  }

  /**
   * Returns the account with this user name, {@code system:serviceaccount:NAMESPACE:NAME}.
   *
   * @throws RefusedException if it has another form
   */
  static ServiceAccount of(String userName, Optional<String> podName, Optional<String> podUid) {
    String[] parts = userName.split(":", -1);
    if (!userName.startsWith(PREFIX)
        || parts.length != 4
        || !LABEL.matcher(parts[2]).matches()
        || parts[3].length() > MAX_SUBDOMAIN
        || !SUBDOMAIN.matcher(parts[3]).matches()) {
      throw new RefusedException(
          RefusalReason.INVALID_EVIDENCE,
          "user '" + userName + "' (expected: " + PREFIX + "NAMESPACE:NAME)");
    }
    return new ServiceAccount(parts[2], parts[3], podName, podUid);
  }

  /** Returns whether a token says that it speaks for an account; nothing is verified. */
  static boolean isUserName(String text) {
    return text.startsWith(PREFIX);
  }
}
