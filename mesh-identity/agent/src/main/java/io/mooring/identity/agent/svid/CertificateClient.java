package io.mooring.identity.agent.svid;

import static java.util.Objects.requireNonNull;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.mooring.identity.TrustBundle;
import io.mooring.identity.agent.svid.CertificateRequestException.Reason;
import io.mooring.identity.api.IstioCertificateRequest;
import io.mooring.identity.api.IstioCertificateServiceGrpc;
import io.mooring.model.spiffe.SpiffeId;
import java.security.KeyPair;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Asks the control plane for certificates: {@code IstioCertificateService/CreateCertificate} over
 * TLS. Thread-safe; each request has a connection of its own, which ends with it.
 */
public final class CertificateClient {

  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private final ControlPlaneLink link;
  private final SpiffeId identity;
  private final InstantSource clock;

  /**
   * Creates a client.
   *
   * @param link the way to whom to ask
   * @param identity the only identity that may be issued to us
   * @param clock decides which certificates are valid
   */
  public CertificateClient(ControlPlaneLink link, SpiffeId identity, InstantSource clock) {
    this.link = requireNonNull(link, "link");
    this.identity = requireNonNull(identity, "identity");
    this.clock = requireNonNull(clock, "clock");
  }

  /**
   * Returns the credentials that a join token buys. Blocks for up to {@code timeout}.
   *
   * @throws CertificateRequestException if there is no certificate, with the reason
   */
  public Credentials join(String token, KeyPair key, Duration timeout) {
    Metadata headers = new Metadata();
    headers.put(AUTHORIZATION, "Bearer " + token);
    try (ControlPlaneLink.Connection connection = link.connect()) {
      return exchange(connection, key, link.trusted(), timeout, headers);
    }
  }

  /**
   * Returns new credentials in exchange for {@code current}, which prove who we are. Blocks for up
   * to {@code timeout}.
   *
   * @throws CertificateRequestException if there is no certificate, with the reason
   */
  public Credentials renew(Credentials current, KeyPair key, Duration timeout) {
    try (ControlPlaneLink.Connection connection = link.connect(current)) {
      return exchange(connection, key, link.trusted(current), timeout, new Metadata());
    }
  }

  private Credentials exchange(
      ControlPlaneLink.Connection connection,
      KeyPair key,
      TrustBundle trusted,
      Duration timeout,
      Metadata headers) {
    try {
      List<String> chain =
          IstioCertificateServiceGrpc.newBlockingStub(connection.channel())
              .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
              .withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS)
              .createCertificate(
                  IstioCertificateRequest.newBuilder()
                      .setCsr(SvidRequest.pem(key, identity))
                      .build())
              .getCertChainList();
      return IssuedReply.check(chain, key, identity, trusted, clock);
    } catch (StatusRuntimeException e) {
      throw failure(e);
    } catch (UntrustedChainException e) {
      throw new CertificateRequestException(
          Reason.UNTRUSTED, "issued certificate is refused: " + e.getMessage(), e);
    }
  }

  private CertificateRequestException failure(StatusRuntimeException e) {
    String authority = link.controlPlane().authority();
    UntrustedChainException untrusted = UntrustedChainException.in(e);
    if (untrusted != null) {
      return new CertificateRequestException(
          Reason.UNTRUSTED,
          "control plane "
              + authority
              + " is refused: "
              + untrusted.getMessage()
              + " (if the root of the mesh was replaced since this VM's bundle was made: write a"
              + " new bundle over it)",
          e);
    }
    Status status = e.getStatus();
    String said = authority + " said " + status.getCode() + ": " + text(status);
    return switch (status.getCode()) {
      case UNAUTHENTICATED, PERMISSION_DENIED, INVALID_ARGUMENT, UNIMPLEMENTED ->
          new CertificateRequestException(Reason.REFUSED, said, e);
      default -> new CertificateRequestException(Reason.UNAVAILABLE, said, e);
    };
  }

  /** The description of a connection failure alone does not say what failed: the cause does. */
  private static String text(Status status) {
    String description = String.valueOf(status.getDescription());
    Throwable cause = status.getCause();
    return cause == null ? description : description + " (" + cause.getMessage() + ")";
  }
}
