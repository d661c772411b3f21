package io.mooring.identity.agent.svid;

import static java.util.Objects.requireNonNull;

import io.grpc.StatusRuntimeException;
import io.mooring.identity.InvalidJwtSvidException;
import io.mooring.identity.JwtSvid;
import io.mooring.identity.agent.svid.CertificateRequestException.Reason;
import io.mooring.identity.api.JwtSvidServiceGrpc;
import io.mooring.identity.api.MintJwtSvidRequest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Asks the control plane for JWT-SVIDs. Thread-safe; each request has a connection of its own. */
public final class JwtSvidClient {

  private final ControlPlaneLink link;

  /** Creates a client. */
  public JwtSvidClient(ControlPlaneLink link) {
    this.link = requireNonNull(link, "link");
  }

  /**
   * Returns a new token of the identity that {@code current} proves. Blocks for up to {@code
   * timeout}.
   *
   * @param audience for whom it is
   * @throws CertificateRequestException if there is none, or it is another one's
   */
  public JwtSvid mint(Credentials current, List<String> audience, Duration timeout) {
    try (ControlPlaneLink.Connection connection = link.connect(current)) {
      JwtSvid svid =
          JwtSvid.parse(
              JwtSvidServiceGrpc.newBlockingStub(connection.channel())
                  .withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS)
                  .mintJwtSvid(MintJwtSvidRequest.newBuilder().addAllAudience(audience).build())
                  .getToken());
      if (!svid.id().equals(current.svid().id()) || !svid.audience().containsAll(audience)) {
        throw new CertificateRequestException(
            Reason.UNTRUSTED,
            svid + " is not what was asked for (expected: '" + current.svid().id() + "')",
            null);
      }
      return svid;
    } catch (StatusRuntimeException e) {
      throw new CertificateRequestException(
          Reason.UNAVAILABLE,
          link.controlPlane().authority() + " minted no token: " + e.getStatus(),
          e);
    } catch (InvalidJwtSvidException e) {
      throw new CertificateRequestException(
          Reason.UNTRUSTED, "minted token is refused: " + e.getMessage(), e);
    }
  }
}
