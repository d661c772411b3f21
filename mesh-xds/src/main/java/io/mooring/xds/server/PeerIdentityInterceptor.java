package io.mooring.xds.server;

import static java.util.Objects.requireNonNull;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.mooring.model.spiffe.InvalidSpiffeIdException;
import io.mooring.model.spiffe.SpiffeId;
import java.security.cert.Certificate;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Puts the {@link PeerIdentity} of each call into its context, from the certificate that TLS
 * verified. Thread-safe.
 *
 * <p>Without TLS or without a certificate the peer is {@link PeerIdentity#ANONYMOUS}. A certificate
 * that has ended (TLS does not notice when a session is resumed, or a connection outlives it) or
 * that does not have exactly one URI SAN, a SPIFFE ID, is refused with UNAUTHENTICATED.
 */
public final class PeerIdentityInterceptor implements ServerInterceptor {

  private static final int URI_SAN = 6; // RFC 5280 4.2.1.6: uniformResourceIdentifier [6]

  private final InstantSource clock;

  /** Creates an interceptor that compares certificates with {@code clock}. */
  public PeerIdentityInterceptor(InstantSource clock) {
    this.clock = requireNonNull(clock, "clock");
  }

  @Override
  public <Q, P> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, P> call, Metadata headers, ServerCallHandler<Q, P> next) {
    PeerIdentity peer;
    try {
      peer = identity(call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION), clock.instant());
    } catch (StatusRuntimeException e) {
      call.close(e.getStatus(), new Metadata());
      return new ServerCall.Listener<>() {};
    }
    peer = peer.at(call);
    Context context = Context.current().withValue(PeerIdentity.CONTEXT_KEY, peer);
    return Contexts.interceptCall(context, call, headers, next);
  }

  private static PeerIdentity identity(@Nullable SSLSession session, Instant now) {
    if (session == null) {
      return PeerIdentity.ANONYMOUS;
    }
    Certificate[] chain;
    try {
      chain = session.getPeerCertificates();
    } catch (SSLPeerUnverifiedException e) {
      return PeerIdentity.ANONYMOUS; // the JDK's way to say that the peer showed none
    }
    return identity((X509Certificate) chain[0], now);
  }

  static PeerIdentity identity(X509Certificate certificate, Instant now) {
    Instant notAfter = certificate.getNotAfter().toInstant();
    if (!now.isBefore(notAfter)) {
      throw refused("certificate ended at " + notAfter);
    }
    return PeerIdentity.of(spiffeId(certificate), notAfter);
  }

  private static SpiffeId spiffeId(X509Certificate certificate) {
    List<String> uris = new ArrayList<>();
    try {
      for (List<?> name :
          Objects.<Collection<List<?>>>requireNonNullElse(
              certificate.getSubjectAlternativeNames(), List.of())) {
        if (Objects.equals(name.get(0), URI_SAN)) {
          uris.add((String) name.get(1));
        }
      }
    } catch (CertificateParsingException e) {
      throw refused("certificate: unreadable subject alternative names");
    }
    if (uris.size() != 1) {
      throw refused("certificate: " + uris.size() + " URI SANs (expected: 1, a SPIFFE ID)");
    }
    try {
      return SpiffeId.parse(uris.get(0));
    } catch (InvalidSpiffeIdException e) {
      throw refused("certificate: " + e.getMessage());
    }
  }

  private static StatusRuntimeException refused(String reason) {
    return Status.UNAUTHENTICATED.withDescription(reason).asRuntimeException();
  }
}
