package io.mooring.identity.agent.workload;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.mooring.identity.agent.svid.Credentials;
import io.mooring.identity.api.workload.SpiffeWorkloadAPIGrpc.SpiffeWorkloadAPIImplBase;
import io.mooring.identity.api.workload.X509BundlesRequest;
import io.mooring.identity.api.workload.X509BundlesResponse;
import io.mooring.identity.api.workload.X509SVIDRequest;
import io.mooring.identity.api.workload.X509SVIDResponse;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Function;

/** The gRPC side of the Workload API. Confined to the server's thread. */
final class WorkloadApiService extends SpiffeWorkloadAPIImplBase {

  private final Set<Feed<?>> feeds = new LinkedHashSet<>();
  private Credentials credentials;

  WorkloadApiService(Credentials credentials) {
    this.credentials = credentials;
  }

  void serve(Credentials changed) {
    credentials = changed;
    feeds.forEach(feed -> feed.offer(changed));
  }

  void end() {
    feeds.forEach(Feed::end);
    feeds.clear();
  }

  @Override
  public void fetchX509SVID(X509SVIDRequest request, StreamObserver<X509SVIDResponse> responses) {
    feed(responses, X509Profile::svids);
  }

  @Override
  public void fetchX509Bundles(
      X509BundlesRequest request, StreamObserver<X509BundlesResponse> responses) {
    feed(responses, X509Profile::bundles);
  }

  private <R> void feed(StreamObserver<R> responses, Function<Credentials, R> messageOf) {
    ServerCallStreamObserver<R> call = (ServerCallStreamObserver<R>) responses;
    Feed<R> feed = new Feed<>(call, messageOf);
    feeds.add(feed);
    call.setOnCancelHandler(() -> feeds.remove(feed));
    call.setOnReadyHandler(feed::flush);
    feed.offer(credentials);
  }
}
