package io.mooring.identity.enroll;

import io.mooring.model.ConfigKey;
import java.util.concurrent.CompletableFuture;

/** The part that one stream has in its VM's entry. Thread-safe; closing is idempotent. */
public interface Registration extends AutoCloseable {

  /** Returns the key of the VM's WorkloadEntry. */
  ConfigKey entry();

  /**
   * Takes what the VM's probe found; the entry says so when the result completes.
   *
   * <p>A report whose number is not above that of the last one is old, and counts for nothing: the
   * VM sees that by the result, and numbers its next ones higher.
   *
   * @return the number of the report that counts now: this one's, or that of a newer one; completes
   *     exceptionally with {@link EnrollmentRefusedException} if the store fails
   */
  CompletableFuture<Long> report(HealthReport report);

  /** The stream has ended: the entry goes after the grace period unless the VM comes back. */
  @Override
  void close();
}
