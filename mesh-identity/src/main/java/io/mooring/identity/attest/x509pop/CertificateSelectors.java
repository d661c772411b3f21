package io.mooring.identity.attest.x509pop;

import io.mooring.identity.attest.RefusalReason;
import io.mooring.identity.attest.RefusedException;
import io.mooring.identity.attest.Selector;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/** What a certificate says of its machine, as selectors. Pure. */
final class CertificateSelectors {

  private static final int DNS_SAN = 2; // RFC 5280 4.2.1.6, dNSName

  private CertificateSelectors() {}

  static Set<Selector> of(X509Certificate leaf) {
    Set<Selector> selectors = new TreeSet<>();
    selectors.add(
        new Selector(X509PopAttestor.KIND, "serial", leaf.getSerialNumber().toString(16)));
    try {
      for (Rdn rdn : new LdapName(leaf.getSubjectX500Principal().getName()).getRdns()) {
        if (rdn.getType().equalsIgnoreCase("CN")) {
          add(selectors, "common-name", String.valueOf(rdn.getValue()));
        }
      }
      Collection<List<?>> names = leaf.getSubjectAlternativeNames();
      for (List<?> name : names == null ? List.<List<?>>of() : names) {
        if (Integer.valueOf(DNS_SAN).equals(name.get(0))) {
          add(selectors, "dns", String.valueOf(name.get(1)));
        }
      }
    } catch (InvalidNameException | CertificateParsingException e) {
      throw new RefusedException(
          RefusalReason.INVALID_EVIDENCE, "unreadable names: " + e.getMessage(), e);
    }
    return selectors;
  }

  private static void add(Set<Selector> selectors, String key, String value) {
    if (Selector.isValue(value)) { // a name with a space is a name, only not one for rules
      selectors.add(new Selector(X509PopAttestor.KIND, key, value));
    }
  }
}
