package io.mooring.controlplane;

import com.google.protobuf.Value;
import io.grpc.Status;
import io.mooring.identity.enroll.EnrollmentRefusedException;
import io.mooring.identity.enroll.EnrollmentRefusedException.Reason;
import io.mooring.identity.enroll.EnrollmentRequest;
import io.mooring.identity.enroll.HealthReport;
import io.mooring.identity.enroll.Registration;
import io.mooring.identity.enroll.WorkloadRegistrar;
import io.mooring.model.spiffe.SpiffeId;
import io.mooring.registry.RegistrySnapshot;
import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.server.HealthSignal;
import io.mooring.xds.server.NodeAuthorizer;
import io.mooring.xds.server.PeerIdentity;
import io.mooring.xds.server.StreamListener;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Joins the streams of the TLS port to identity: who may be which node, and which VM is registered
 * because its stream is open. Thread-safe.
 */
final class Enrolment implements NodeAuthorizer, StreamListener {

  private static final Logger log = LoggerFactory.getLogger(Enrolment.class);

  private static final int MAX_LOGGED = 200;

  /** How long a VM, and the thread of its stream, waits for a disk or a network that hangs. */
  static final Duration STORE_PATIENCE = Duration.ofSeconds(10);

  private final Supplier<RegistrySnapshot> snapshots;
  private final WorkloadRegistrar registrar;
  private final Duration patience;
  private final Map<Long, Registration> registrationsByStream = new ConcurrentHashMap<>();

  Enrolment(Supplier<RegistrySnapshot> snapshots, WorkloadRegistrar registrar, Duration patience) {
    this.snapshots = snapshots;
    this.registrar = registrar;
    this.patience = patience;
  }

  @Override
  public void authorize(PeerIdentity peer, ProxyNode node) {
    SpiffeId identity =
        peer.spiffeId()
            .orElseThrow(
                () -> {
                  logRefusal(peer, node, "no_client_certificate", "");
                  return Status.UNAUTHENTICATED
                      .withDescription("join refused")
                      .asRuntimeException();
                });
    Optional<NodeOwnership.Refusal> refusal =
        NodeOwnership.refusal(identity, node, snapshots.get());
    if (refusal.isPresent()) {
      Reason reason = refusal.get().reason();
      String text = refusal.get().text();
      logRefusal(peer, node, reason.toString(), printable(text));
      throw Refusals.status(reason, text);
    }
  }

  private static void logRefusal(PeerIdentity peer, ProxyNode node, String reason, String detail) {
    log.info(
        "stream refused group={} identity={} reason={} detail=\"{}\" node=\"{}\" peer={}",
        group(node),
        peer.spiffeId().map(SpiffeId::toString).orElse("-"),
        reason,
        detail,
        printable(node.id()),
        peer.address().map(InetAddress::getHostAddress).orElse("-"));
  }

  @Override
  public void connected(ProxyNode node, PeerIdentity peer, long streamId) {
    Optional<String> group = node.text("AUTO_REGISTER_GROUP");
    Optional<String> own = group.or(() -> node.text("WORKLOAD_ENTRY")); // Istio's, for manual ones
    if (own.isEmpty()) {
      return;
    }
    EnrollmentRequest request =
        EnrollmentRequest.builder()
            .identity(peer.spiffeId().orElseThrow())
            .group(own.get())
            .manual(group.isEmpty())
            .namespace(node.namespace())
            .serviceAccount(node.text("SERVICE_ACCOUNT").orElse(""))
            .addresses(node.addresses())
            .network(node.text("NETWORK").orElse(""))
            .locality(node.locality().toString())
            .labels(node.labels())
            .templateLabels(node.texts("TEMPLATE_LABELS"))
            .workloadId(node.text("WORKLOAD_ID").orElse(""))
            .healthChecked(declaresProbe(node))
            .peerAddress(peer.address())
            .build();
    try {
      registrationsByStream.put(streamId, answer(registrar.connect(request)));
    } catch (CompletionException e) {
      throw status(e);
    }
  }

  /** As in Istio, where the agent's configuration is part of the node's metadata. */
  private static boolean declaresProbe(ProxyNode node) {
    return node.metadata()
        .getFieldsOrDefault("PROXY_CONFIG", Value.getDefaultInstance())
        .getStructValue()
        .containsFields("readinessProbe");
  }

  /** A registration that comes too late is taken back by the registrar. */
  private <T> T answer(CompletableFuture<T> question) {
    return question.orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS).join();
  }

  private static RuntimeException status(CompletionException e) {
    if (e.getCause() instanceof TimeoutException) {
      return Refusals.status(Reason.UNAVAILABLE, "the store of workloads does not answer");
    }
    return e.getCause() instanceof EnrollmentRefusedException refused
        ? Refusals.status(refused)
        : e;
  }

  @Override
  public String healthReported(long streamId, HealthSignal signal) {
    Registration registration = registrationsByStream.get(streamId);
    if (registration == null) {
      throw Refusals.status(
          Reason.UNKNOWN_GROUP,
          "health of a node without AUTO_REGISTER_GROUP and WORKLOAD_ENTRY (expected: one)");
    }
    OptionalLong number =
        signal.number().matches("[0-9]{1,18}")
            ? OptionalLong.of(Long.parseLong(signal.number()))
            : OptionalLong.empty();
    try {
      return answer(
              registration.report(new HealthReport(number, signal.healthy(), signal.message())))
          .toString();
    } catch (CompletionException e) {
      throw status(e);
    }
  }

  @Override
  public void disconnected(ProxyNode node, PeerIdentity peer, long streamId) {
    Registration registration = registrationsByStream.remove(streamId);
    if (registration != null) {
      registration.close();
    }
  }

  private static String group(ProxyNode node) {
    return node.text("AUTO_REGISTER_GROUP")
        .map(name -> printable(node.namespace()) + "/" + printable(name))
        .orElse("-");
  }

  /** What a stranger says goes into the log on one line, without quotes, and not at any length. */
  private static String printable(String text) {
    String line =
        text.substring(0, Math.min(text.length(), MAX_LOGGED))
            .replace('"', '\'')
            .replaceAll("[^\\x20-\\x7e]", "?");
    return text.length() > MAX_LOGGED ? line + "..." : line;
  }
}
