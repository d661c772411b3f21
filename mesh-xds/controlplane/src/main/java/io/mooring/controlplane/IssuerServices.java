package io.mooring.controlplane;

import io.grpc.BindableService;
import io.mooring.identity.WorkloadGroups;
import io.mooring.identity.issue.AdmissionPolicy;
import io.mooring.identity.issue.SvidIssuer;
import io.mooring.identity.server.CertificateService;
import io.mooring.identity.server.JoinService;
import io.mooring.identity.server.JwtSvidService;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/** What gives VMs their certificates and tokens, with what the embedder added. Thread-safe. */
final class IssuerServices implements AutoCloseable {

  private final SvidIssuer issuer;
  private final ScheduledExecutorService scheduler;
  private final @Nullable ScheduledExecutorService own;

  /** Creates the services of an issuer to members of {@code groups}. */
  IssuerServices(MeshIdentity identity, WorkloadGroups groups, MeshControlPlane.Builder options) {
    SvidIssuer.Builder builder =
        identity
            .issuer(groups)
            .admission(new AdmissionPolicy(options.admissionRules))
            .limits(options.requestLimits)
            .observer(options.issueObserver);
    options.attestors.forEach(builder::attestor);
    if (options.cryptoProvider != null) {
      builder.provider(options.cryptoProvider);
    }
    this.issuer = builder.build();
    ScheduledExecutorService given = options.scheduler;
    this.scheduler = given == null ? newScheduler() : given;
    this.own = given == null ? scheduler : null;
  }

  private static ScheduledExecutorService newScheduler() {
    return Executors.newSingleThreadScheduledExecutor(
        task -> {
          Thread thread = new Thread(task, "mooring-join-1");
          thread.setDaemon(true);
          return thread;
        });
  }

  List<BindableService> services() {
    return List.of(
        new CertificateService(issuer),
        new JoinService(issuer, scheduler),
        new JwtSvidService(issuer));
  }

  /** Ends the scheduler, if it is of our own; what it was to end ends with the ports. */
  @Override
  public void close() {
    if (own != null) {
      own.shutdownNow();
    }
  }
}
