package io.mooring.identity.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Attributes;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.mooring.identity.BundleSet;
import io.mooring.identity.TrustBundle;
import io.mooring.identity.api.TrustBundleServiceGrpc;
import io.mooring.identity.api.TrustBundleUpdate;
import io.mooring.identity.api.WatchTrustBundleRequest;
import io.mooring.model.spiffe.TrustDomain;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who does not show a certificate; the rest is tested with running agents. */
class TrustBundleServiceTest {

  /** A call over a connection without TLS. */
  private static final class Call extends ServerCall<WatchTrustBundleRequest, TrustBundleUpdate> {
    final List<TrustBundleUpdate> sent = new ArrayList<>();
    final List<Status> closed = new ArrayList<>();

    @Override
    public void request(int count) {}

    @Override
    public void sendHeaders(Metadata headers) {}

    @Override
    public void sendMessage(TrustBundleUpdate message) {
      sent.add(message);
    }

    @Override
    public void close(Status status, Metadata trailers) {
      closed.add(status);
    }

    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    public Attributes getAttributes() {
      return Attributes.EMPTY;
    }

    @Override
    public MethodDescriptor<WatchTrustBundleRequest, TrustBundleUpdate> getMethodDescriptor() {
      return TrustBundleServiceGrpc.getWatchTrustBundleMethod();
    }
  }

  @Test
  @SuppressWarnings("unchecked") // the one method of the service
  void callerWithoutACertificateLearnsNothing() {
    TrustBundleService service =
        new TrustBundleService(
            () -> new TrustBundle(new TrustDomain("td"), List.of()), () -> BundleSet.EMPTY);
    ServerMethodDefinition<WatchTrustBundleRequest, TrustBundleUpdate> method =
        (ServerMethodDefinition<WatchTrustBundleRequest, TrustBundleUpdate>)
            service.bindService().getMethods().iterator().next();
    Call call = new Call();
    ServerCall.Listener<WatchTrustBundleRequest> listener =
        method.getServerCallHandler().startCall(call, new Metadata());
    listener.onMessage(WatchTrustBundleRequest.getDefaultInstance());
    listener.onHalfClose();
    service.changed();
    assertThat(call.sent).isEmpty();
    assertThat(call.closed)
        .singleElement()
        .extracting(Status::getCode)
        .isEqualTo(Status.Code.UNAUTHENTICATED);
  }
}
