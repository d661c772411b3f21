package io.mooring.identity.enroll;

import io.mooring.model.ConfigKey;

/** The part that one stream has in its VM's entry. Thread-safe; closing is idempotent. */
public interface Registration extends AutoCloseable {

  /** Returns the key of the VM's WorkloadEntry. */
  ConfigKey entry();

  /** The stream has ended: the entry goes after the grace period unless the VM comes back. */
  @Override
  void close();
}
