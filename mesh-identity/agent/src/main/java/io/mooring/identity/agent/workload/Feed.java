package io.mooring.identity.agent.workload;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.mooring.identity.agent.svid.Credentials;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One open stream: gets a message at once, then whenever its message changes. A client that does
 * not read gets only the latest when it reads again. Confined to the server's thread.
 */
final class Feed<R> {

  private final ServerCallStreamObserver<R> call;
  private final Function<Credentials, R> messageOf;
  private @Nullable R waiting;
  private @Nullable R sent;

  Feed(ServerCallStreamObserver<R> call, Function<Credentials, R> messageOf) {
    this.call = call;
    this.messageOf = messageOf;
  }

  void offer(Credentials credentials) {
    waiting = messageOf.apply(credentials);
    flush();
  }

  void flush() {
    R message = waiting;
    if (message == null || !call.isReady()) {
      return; // the call's ready handler comes back here
    }
    waiting = null;
    if (!message.equals(sent)) {
      sent = message;
      call.onNext(message);
    }
  }

  void end() {
    call.onError(Status.UNAVAILABLE.withDescription("the agent ends").asRuntimeException());
  }
}
