package io.mooring.identity.enroll;

import io.mooring.identity.IpLiteral;

/**
 * Whether a VM may claim an address other than the one that it calls from. Thread-safe, fast.
 *
 * <p>A VM says its address itself (Istio takes its word); with the certificate of a group it could
 * name somebody else's, and have that machine called in its stead, where mTLS fails.
 */
@FunctionalInterface
public interface PeerAddressPolicy {

  /** Accepts every address: VMs may be behind NAT, a proxy or a load balancer. The default. */
  PeerAddressPolicy ANY = request -> true;

  /**
   * Demands that the address to register is the one that the VM calls from, and refuses one whose
   * peer is unknown.
   */
  PeerAddressPolicy SAME =
      request ->
          request.peerAddress().isPresent()
              && request.peerAddress().equals(IpLiteral.parse(request.addresses().get(0)));

  /**
   * Returns whether it may.
   *
   * @param request has at least one address, and the first is an IP
   */
  boolean permits(EnrollmentRequest request);
}
