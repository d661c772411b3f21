package io.mooring.identity.enroll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.identity.enroll.EnrollmentRefusedException.Reason;
import io.mooring.model.networking.WorkloadEntry;
import io.mooring.model.spiffe.SpiffeId;
import io.mooring.service.AdminState;
import io.mooring.service.MeshEndpoint;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** VMs whose WorkloadEntry somebody wrote by hand: their health and what operators want of them. */
class ManualWorkloadTest extends ManualWorkload {

  @Override
  void write(WorkloadEntry entry) {
    files.put(entry);
  }

  private void assertRefused(Reason reason, EnrollmentRequest request) {
    CompletableFuture<Registration> result = registrar.connect(request);
    executor.runReady();
    assertThatThrownBy(result::join)
        .hasCauseInstanceOf(EnrollmentRefusedException.class)
        .hasMessageContaining(reason.toString());
    assertThat(store.list()).isEmpty();
  }

  @Test
  void entryThatDoesNotExistIsRefused() {
    assertRefused(Reason.UNKNOWN_ENTRY, node().group("other").build());
  }

  @Test
  void identityThatIsNotTheEntrysIsRefused() {
    SpiffeId other = SpiffeId.parse("spiffe://cluster.local/ns/demo/sa/reviews");
    assertRefused(Reason.IDENTITY_MISMATCH, node().identity(other).build());
  }

  @Test
  void healthOfAManualEntryCountsAndItsSpecificationStaysTheAuthors() {
    Registration stream = done(registrar.connect(node().network("n").build()));
    assertThat(endpoints()).containsExactly("10.0.0.1");
    report(stream, 1, false);
    assertThat(endpoints()).isEmpty();
    assertThat(view().health()).isEqualTo("unhealthy");
    assertThat(view().group()).isEmpty();
    assertThat(view().drift()).isEmpty();
    report(stream, 2, true);
    assertThat(endpoints()).containsExactly("10.0.0.1");
    assertThat(registry.snapshot().conflicts()).isEmpty();
    files.put(manual("10.0.0.2"));
    assertThat(endpoints()).containsExactly("10.0.0.2");
    assertThat(view().address()).isEqualTo("10.0.0.2");
  }

  @Test
  void nodeThatDeclaresAProbeIsUnhealthyUntilItHasReported() {
    Registration stream = done(registrar.connect(node().healthChecked(true).build()));
    assertThat(endpoints()).isEmpty();
    report(stream, 1, true);
    assertThat(endpoints()).hasSize(1);
  }

  @Test
  void whatIsKnownOfAVmThatHasGoneIsForgottenAfterTheGracePeriod() {
    Registration stream = done(registrar.connect(node().build()));
    report(stream, 1, false);
    stream.close();
    executor.advance(WorkloadRegistrar.DEFAULT_GRACE.minusMillis(1));
    assertThat(endpoints()).isEmpty();
    executor.advance(WorkloadRegistrar.DEFAULT_GRACE);
    assertThat(store.list()).isEmpty();
    assertThat(endpoints()).as("by its own word").containsExactly("10.0.0.1");
    assertThat(registry.snapshot().object(ENTRY)).contains(manual("10.0.0.1"));
  }

  @Test
  void entryThatItsAuthorDeletesIsGoneWithItsState() {
    Registration stream = done(registrar.connect(node().build()));
    report(stream, 1, true);
    files.delete(ENTRY);
    executor.runReady();
    assertThat(registry.snapshot().object(ENTRY)).isEmpty();
    assertThat(store.list()).isEmpty();
    assertThat(view().refusal()).isEqualTo(Reason.UNKNOWN_ENTRY.toString());
    files.put(manual("10.0.0.1"));
    assertThat(endpoints()).containsExactly("10.0.0.1");
  }

  @Test
  void operatorsMayDrainAndDisableItWhetherItIsConnectedOrNot() {
    done(registrar.setAdminState(ENTRY, AdminState.DRAINING));
    assertThat(endpoints()).containsExactly("10.0.0.1 draining");
    Registration stream = done(registrar.connect(node().build()));
    assertThat(view().adminState()).isEqualTo(AdminState.DRAINING);
    done(registrar.setAdminState(ENTRY, AdminState.DISABLED));
    assertThat(endpoints()).isEmpty();
    stream.close();
    executor.advance(WorkloadRegistrar.DEFAULT_GRACE.multipliedBy(3));
    assertThat(endpoints()).isEmpty();
    assertThat(view().state()).isEqualTo(RegisteredWorkload.State.DEPARTED);
    done(registrar.setAdminState(ENTRY, AdminState.ENABLED));
    assertThat(endpoints()).containsExactly("10.0.0.1");
    assertThat(store.list()).isEmpty();
  }

  @Test
  void endpointsSayNothingOfTheOverlay() {
    Registration stream = done(registrar.connect(node().build()));
    report(stream, 1, true);
    assertThat(registry.snapshot().endpoints(RATINGS))
        .extracting(MeshEndpoint::workloadName)
        .containsExactly("vm");
  }
}
