package io.mooring.identity.agent.svid;

import static java.util.Objects.requireNonNull;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.mooring.identity.TrustBundle;
import io.mooring.identity.agent.svid.CertificateRequestException.Reason;
import io.mooring.identity.api.FetchTrustBundleRequest;
import io.mooring.identity.api.FetchTrustBundleResponse;
import io.mooring.identity.api.TrustBundleServiceGrpc;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Asks the control plane which keys vouch for the trust domain now. Thread-safe. */
public final class BundleClient {

  private final ControlPlaneLink link;

  /** Creates a client. */
  public BundleClient(ControlPlaneLink link) {
    this.link = requireNonNull(link, "link");
  }

  /**
   * Returns the bundle of now. Blocks for up to {@code timeout}.
   *
   * @throws CertificateRequestException if there is none; REFUSED if this control plane does not
   *     tell bundles, UNTRUSTED if what it told is of no use
   */
  public TrustBundle fetch(Credentials current, Duration timeout) {
    try (ControlPlaneLink.Connection connection = link.connect(current)) {
      FetchTrustBundleResponse response =
          TrustBundleServiceGrpc.newBlockingStub(connection.channel())
              .withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS)
              .fetchTrustBundle(FetchTrustBundleRequest.getDefaultInstance());
      return check(current, response);
    } catch (StatusRuntimeException e) {
      boolean never = e.getStatus().getCode() == Status.Code.UNIMPLEMENTED;
      throw new CertificateRequestException(
          never ? Reason.REFUSED : Reason.UNAVAILABLE,
          link.controlPlane().authority() + " told no trust bundle: " + e.getStatus().getCode(),
          e);
    } catch (IllegalArgumentException e) {
      throw new CertificateRequestException(
          Reason.UNTRUSTED, "trust bundle is refused: " + e.getMessage(), e);
    }
  }

  private static TrustBundle check(Credentials current, FetchTrustBundleResponse response) {
    String domain = current.roots().trustDomain().name();
    if (!response.getTrustDomain().equals(domain)) {
      throw new IllegalArgumentException(
          "it is of '" + response.getTrustDomain() + "' (expected: '" + domain + "')");
    }
    TrustBundle bundle = TrustBundle.parseJson(current.roots().trustDomain(), response.getBundle());
    if (bundle.roots().isEmpty()) {
      throw new IllegalArgumentException("it has no root (expected: one or more)");
    }
    return bundle;
  }
}
