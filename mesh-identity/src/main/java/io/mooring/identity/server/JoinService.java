package io.mooring.identity.server;

import static java.util.Objects.requireNonNull;

import io.grpc.BindableService;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.mooring.identity.Pem;
import io.mooring.identity.X509Svid;
import io.mooring.identity.api.IssuedCertificate;
import io.mooring.identity.api.JoinEvidence;
import io.mooring.identity.api.JoinRequest;
import io.mooring.identity.api.JoinResponse;
import io.mooring.identity.api.JoinServiceGrpc;
import io.mooring.identity.issue.JoinExchange;
import io.mooring.identity.issue.SvidIssuer;
import io.mooring.identity.issue.SvidRequest;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Lets machines join with evidence of any kind, challenged or not ({@code
 * mooring.identity.v1.JoinService}), over a {@link SvidIssuer}. Thread-safe.
 *
 * <p>Who has not proved an identity learns {@code UNAUTHENTICATED: join refused}, whatever is
 * wrong; a proved caller that asks wrongly gets {@code INVALID_ARGUMENT}.
 */
public final class JoinService implements BindableService {

  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final SvidIssuer issuer;
  private final ScheduledExecutorService scheduler;

  /**
   * Creates the service.
   *
   * @param scheduler ends calls that take longer than a minute; never closed
   */
  public JoinService(SvidIssuer issuer, ScheduledExecutorService scheduler) {
    this.issuer = requireNonNull(issuer, "issuer");
    this.scheduler = requireNonNull(scheduler, "scheduler");
  }

  @Override
  public ServerServiceDefinition bindService() {
    return ServerInterceptors.intercept(new Handler(), CallerEvidence.interceptor());
  }

  private JoinResponse response(JoinExchange exchange) {
    return exchange
        .svid()
        .map(svid -> JoinResponse.newBuilder().setCertificate(certificate(svid)).build())
        .orElseGet(
            () ->
                JoinResponse.newBuilder().setChallenge(exchange.challenge().orElseThrow()).build());
  }

  private IssuedCertificate certificate(X509Svid svid) {
    IssuedCertificate.Builder issued = IssuedCertificate.newBuilder();
    issued.setSpiffeId(svid.id().toString());
    for (X509Certificate certificate : svid.chain()) {
      issued.addCertChain(Pem.encode(List.of(certificate)));
    }
    return issued.setTrustBundle(issuer.trustBundlePem()).build();
  }

  /** The gRPC side. */
  private final class Handler extends JoinServiceGrpc.JoinServiceImplBase {
    @Override
    public StreamObserver<JoinRequest> join(StreamObserver<JoinResponse> reply) {
      Call call =
          new Call((ServerCallStreamObserver<JoinResponse>) reply, CallerEvidence.current().peer());
      call.watch();
      return call;
    }
  }

  /** One machine's call. gRPC calls it from one thread at a time; only the watch is another's. */
  private final class Call implements StreamObserver<JoinRequest> {

    private final ServerCallStreamObserver<JoinResponse> reply;
    private final String peer;
    private @Nullable JoinExchange exchange;
    private @Nullable ScheduledFuture<?> watch;
    private boolean ended;

    Call(ServerCallStreamObserver<JoinResponse> reply, String peer) {
      this.reply = reply;
      this.peer = peer;
    }

    synchronized void watch() {
      reply.setOnCancelHandler(this::end);
      watch =
          scheduler.schedule(
              () ->
                  fail(
                      Status.DEADLINE_EXCEEDED
                          .withDescription("join took more than " + PATIENCE)
                          .asRuntimeException()),
              PATIENCE.toMillis(),
              TimeUnit.MILLISECONDS);
    }

    @Override
    public synchronized void onNext(JoinRequest request) {
      if (ended) {
        return;
      }
      try {
        JoinExchange going = proceed(request);
        exchange = going;
        reply.onNext(response(going));
        if (going.svid().isPresent()) {
          end();
          reply.onCompleted();
        }
      } catch (RuntimeException e) {
        fail(e);
      }
    }

    private JoinExchange proceed(JoinRequest request) {
      JoinExchange going = exchange;
      if (going == null && request.hasEvidence()) {
        JoinEvidence evidence = request.getEvidence();
        return issuer.exchange(
            evidence.getKind(),
            evidence.getPayload(),
            new SvidRequest(evidence.getCsr(), evidence.getValiditySeconds(), peer));
      }
      if (going != null && request.hasAnswer()) {
        going.answer(request.getAnswer());
        return going;
      }
      throw Status.INVALID_ARGUMENT
          .withDescription("message out of turn (expected: evidence, then answers)")
          .asRuntimeException();
    }

    @Override
    public void onError(Throwable cancelled) {
      end();
    }

    /** A machine that says no more before it has its certificate has given up. */
    @Override
    public void onCompleted() {
      fail(Status.CANCELLED.withDescription("join was not finished").asRuntimeException());
    }

    private synchronized void fail(RuntimeException failure) {
      if (!ended) {
        end();
        reply.onError(Statuses.of(failure));
      }
    }

    private synchronized void end() {
      ended = true;
      if (watch != null) {
        watch.cancel(false);
      }
      if (exchange != null) {
        exchange.close();
      }
    }
  }
}
