package io.mooring.model.validation;

/** Rules of hosts with a namespace before them: {@code namespace/host}. */
final class ScopedHostRules {

  private static final String HOST = "a DNS name with a dot, *.domain or *";

  private ScopedHostRules() {}

  /** Checks a host of a gateway, which may be without a namespace. */
  static void checkGateway(String text, FieldPath path, Violations violations) {
    int slash = text.indexOf('/');
    String namespace = slash < 0 ? "*" : text.substring(0, slash);
    String host = text.substring(slash + 1);
    if (!namespace.equals("*") && !namespace.equals(".") && !Names.isLabel(namespace)) {
      violations.error(path, text, "host or namespace/host, the namespace '*', '.' or a name");
    } else if (!isHost(host) && !(Addresses.isIp(host) && host.indexOf('.') >= 0)) {
      violations.error(path, text, HOST + ", or an IPv4 address, perhaps after namespace/");
    }
  }

  /** Checks a host of a Sidecar: {@code ~} before its namespace leaves it out. */
  static void checkSidecar(String text, FieldPath path, Violations violations) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      violations.error(path, text, "namespace/host");
      return;
    }
    String namespace = text.substring(0, slash);
    String excluded = namespace.startsWith("~") ? namespace.substring(1) : namespace;
    boolean known = excluded.equals("*") || excluded.equals(".") || namespace.equals("~");
    if (!known && !Names.isLabel(excluded)) {
      violations.error(
          path,
          text,
          "namespace/host, the namespace '*', '.' or a name, '~' before it leaves the host out");
    } else if (!isHost(text.substring(slash + 1))) {
      violations.error(path, text, "namespace/host, the host " + HOST);
    }
  }

  private static boolean isHost(String host) {
    return host.equals("*")
        || (host.indexOf('.') >= 0
            && Names.isWildcardHost(host)
            && (!host.startsWith("*") || host.startsWith("*.")));
  }
}
