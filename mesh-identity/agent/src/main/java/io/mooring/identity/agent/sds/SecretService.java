package io.mooring.identity.agent.sds;

import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.envoyproxy.envoy.service.secret.v3.SecretDiscoveryServiceGrpc.SecretDiscoveryServiceImplBase;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/** The gRPC side of the sessions: messages in, messages out. Confined to the server's thread. */
final class SecretService extends SecretDiscoveryServiceImplBase {

  private final SecretRejections rejections;
  private final Set<Consumer<SecretSet>> streams = new LinkedHashSet<>();
  private SecretSet secrets;

  SecretService(SecretSet secrets, SecretRejections rejections) {
    this.secrets = secrets;
    this.rejections = rejections;
  }

  void serve(SecretSet changed) {
    secrets = changed;
    streams.forEach(stream -> stream.accept(changed));
  }

  @Override
  public StreamObserver<DeltaDiscoveryRequest> deltaSecrets(
      StreamObserver<DeltaDiscoveryResponse> responses) {
    DeltaSecretSession session = new DeltaSecretSession(secrets, rejections);
    return stream(responses, session::onRequest, session::onSecrets);
  }

  @Override
  public StreamObserver<DiscoveryRequest> streamSecrets(
      StreamObserver<DiscoveryResponse> responses) {
    StateOfTheWorldSecretSession session = new StateOfTheWorldSecretSession(secrets, rejections);
    return stream(responses, session::onRequest, session::onSecrets);
  }

  private <Q, R> StreamObserver<Q> stream(
      StreamObserver<R> responses,
      Function<Q, Optional<R>> onRequest,
      Function<SecretSet, Optional<R>> onSecrets) {
    Consumer<SecretSet> push = changed -> onSecrets.apply(changed).ifPresent(responses::onNext);
    streams.add(push);
    // With a cancel handler a call that ended answers onNext by doing nothing, not by throwing.
    ((ServerCallStreamObserver<R>) responses).setOnCancelHandler(() -> streams.remove(push));
    return new StreamObserver<>() {
      @Override
      public void onNext(Q request) {
        onRequest.apply(request).ifPresent(responses::onNext);
      }

      @Override
      public void onError(Throwable ended) {
        streams.remove(push); // the peer went: Envoy comes back by itself
      }

      @Override
      public void onCompleted() {
        streams.remove(push);
        responses.onCompleted();
      }
    };
  }
}
