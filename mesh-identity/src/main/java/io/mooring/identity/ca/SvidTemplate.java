package io.mooring.identity.ca;

import io.mooring.model.MeshStyle;
import io.mooring.model.spiffe.SpiffeId;
import java.net.InetAddress;
import java.security.PublicKey;
import java.time.Duration;
import java.util.List;
import org.immutables.value.Value;

/** What a certificate is to say. Immutable; everything in it has been authorized. */
@Value.Immutable
@MeshStyle
public interface SvidTemplate {

  /** Returns the identity: the only URI name. */
  SpiffeId id();

  /** Returns the subject's key. */
  PublicKey publicKey();

  /** Returns the lifetime from now; the CA may shorten it, never lengthen it. */
  Duration ttl();

  /** Returns DNS names beside the identity; only servers have some. */
  List<String> dnsNames();

  /** Returns IP names beside the identity; only servers have some. */
  List<InetAddress> ipAddresses();

  /** Checks that there is a path and a lifetime. */
  @Value.Check
  default void check() {
    if (id().path().isEmpty()) {
      throw new IllegalArgumentException(
          "template for '" + id() + "' (expected: a workload's ID, with a path)"); // X509-SVID 3.1
    }
    if (ttl().isNegative() || ttl().isZero()) {
      throw new IllegalArgumentException("ttl " + ttl() + " (expected: > 0)");
    }
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link SvidTemplate}. Not thread-safe. */
  final class Builder extends ImmutableSvidTemplate.Builder {
    Builder() {}
  }
}
