package io.mooring.identity.enroll;

import io.mooring.model.ConfigKey;
import io.mooring.model.spiffe.SpiffeId;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Keeps what it is told, one line an event. Not thread-safe. */
final class RecordingObserver implements EnrollmentObserver {

  final List<String> events = new ArrayList<>();

  @Override
  public void registered(ConfigKey entry, SpiffeId identity) {
    events.add("registered " + entry.name());
  }

  @Override
  public void removed(ConfigKey entry, String reason) {
    events.add("removed " + entry.name() + ": " + reason);
  }

  @Override
  public void refused(EnrollmentRequest request, EnrollmentRefusedException refusal) {
    events.add("refused: " + refusal.reason());
  }

  @Override
  public void replicaGone(String holder) {
    events.add("replica gone");
  }

  @Override
  public void leaseLost() {
    events.add("lease lost");
  }

  @Override
  public void storeFailing(Object object, UncheckedIOException failure) {
    events.add("store failing: " + object);
  }
}
