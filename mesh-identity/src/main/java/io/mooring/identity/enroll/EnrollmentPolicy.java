package io.mooring.identity.enroll;

import io.mooring.identity.IpLiteral;
import io.mooring.identity.WorkloadGroups;
import io.mooring.identity.enroll.EnrollmentRefusedException.Reason;
import io.mooring.model.networking.WorkloadGroup;
import io.mooring.model.spiffe.InvalidSpiffeIdException;
import io.mooring.model.spiffe.SpiffeId;
import io.mooring.model.spiffe.TrustDomain;
import java.net.InetAddress;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Which VM may register as a member of a group: exactly those with the group's identity. Pure.
 *
 * <p>Istio lets any account of the namespace into a group that names none, and does not compare
 * trust domains; here such a group has the account {@code default}.
 */
final class EnrollmentPolicy {

  private static final String NAME = "[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?";
  private static final Pattern LABEL_VALUE = Pattern.compile("(" + NAME + ")?");
  private static final Pattern LABEL_KEY =
      Pattern.compile("([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?/)?" + NAME);
  private static final Pattern NETWORK = Pattern.compile(NAME);
  private static final int MAX_LABELS = 128;

  private EnrollmentPolicy() {}

  /** Throws unless the node's own words agree with its certificate and can make an entry. */
  static void checkNode(EnrollmentRequest request) {
    SpiffeId id = request.identity();
    TrustDomain domain = id.trustDomain();
    String[] segments = id.path().split("/", -1); // "", ns, namespace, sa, account
    if (segments.length != 5 || !id.equals(domain.workload(segments[2], segments[4]))) {
      throw refused(Reason.IDENTITY_MISMATCH, "'" + id + "' is no workload of a namespace");
    }
    if (!request.namespace().equals(segments[2])) {
      throw refused(
          Reason.NAMESPACE_MISMATCH, "NAMESPACE '" + request.namespace() + "', certificate " + id);
    }
    if (!request.serviceAccount().isEmpty() && !request.serviceAccount().equals(segments[4])) {
      throw refused(
          Reason.SERVICE_ACCOUNT_MISMATCH,
          "SERVICE_ACCOUNT '" + request.serviceAccount() + "', certificate " + id);
    }
    checkAddress(request);
    if (!request.network().isEmpty() && !NETWORK.matcher(request.network()).matches()) {
      throw refused(Reason.INVALID_NETWORK, "NETWORK '" + request.network() + "'");
    }
    if (!request.workloadId().isEmpty() && !NETWORK.matcher(request.workloadId()).matches()) {
      throw refused(Reason.INVALID_WORKLOAD_ID, "WORKLOAD_ID '" + request.workloadId() + "'");
    }
    checkLabels(request.labels());
  }

  /** Throws unless the VM may claim its address from where it calls. */
  static void checkPeer(EnrollmentRequest request, PeerAddressPolicy policy) {
    if (!policy.permits(request)) {
      throw refused(
          Reason.ADDRESS_MISMATCH,
          "INSTANCE_IPS '"
              + request.addresses().get(0)
              + "', peer "
              + request.peerAddress().map(InetAddress::getHostAddress).orElse("unknown"));
    }
  }

  /** Throws unless the certificate is one of the group's. */
  static void checkGroup(EnrollmentRequest request, WorkloadGroup group) {
    SpiffeId expected;
    try {
      expected = WorkloadGroups.identity(request.identity().trustDomain(), group);
    } catch (InvalidSpiffeIdException e) {
      throw new EnrollmentRefusedException(
          Reason.IDENTITY_MISMATCH, String.valueOf(e.getMessage()), e);
    }
    if (!request.identity().equals(expected)) {
      throw refused(
          Reason.IDENTITY_MISMATCH,
          "certificate " + request.identity() + ", " + group.key() + " has " + expected);
    }
  }

  private static void checkAddress(EnrollmentRequest request) {
    String address = request.addresses().isEmpty() ? "" : request.addresses().get(0);
    InetAddress ip =
        IpLiteral.parse(address)
            .orElseThrow(() -> refused(Reason.INVALID_ADDRESS, "INSTANCE_IPS '" + address + "'"));
    if (!IpLiteral.namesOneMachine(ip)) {
      throw refused(Reason.INVALID_ADDRESS, "INSTANCE_IPS '" + address + "' names no one machine");
    }
  }

  private static void checkLabels(Map<String, String> labels) {
    if (labels.size() > MAX_LABELS) {
      throw refused(Reason.INVALID_LABELS, labels.size() + " labels");
    }
    labels.forEach(
        (key, value) -> {
          if (!LABEL_KEY.matcher(key).matches() || !LABEL_VALUE.matcher(value).matches()) {
            throw refused(Reason.INVALID_LABELS, "label '" + key + "' = '" + value + "'");
          }
        });
  }

  private static EnrollmentRefusedException refused(Reason reason, String detail) {
    return new EnrollmentRefusedException(reason, detail);
  }
}
