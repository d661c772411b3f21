package io.mooring.testkit.xds;

import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.function.Consumer;
import java.util.function.Function;

/** Hands what comes on a stream to its proxy, and leaves it to the proxy when to read on. */
final class StreamEvents<Q, P> implements ClientResponseObserver<Q, P> {

  private final Function<P, Received> decode;
  private final Consumer<Received> received;
  private final Consumer<Status> ended;
  private final Consumer<ClientCallStreamObserver<Q>> starting;

  StreamEvents(
      Function<P, Received> decode,
      Consumer<Received> received,
      Consumer<Status> ended,
      Consumer<ClientCallStreamObserver<Q>> starting) {
    this.decode = decode;
    this.received = received;
    this.ended = ended;
    this.starting = starting;
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<Q> call) {
    call.disableAutoRequestWithInitial(1);
    starting.accept(call);
  }

  @Override
  public void onNext(P response) {
    received.accept(decode.apply(response));
  }

  @Override
  public void onError(Throwable failure) {
    ended.accept(Status.fromThrowable(failure));
  }

  @Override
  public void onCompleted() {
    ended.accept(Status.OK);
  }
}
