package io.mooring.identity.enroll;

import io.mooring.identity.WorkloadGroups;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Supplier;

/** What a registrar was built with. Immutable. */
record RegistrarOptions(
    WorkloadGroups groups,
    Duration grace,
    NodeLabelPolicy nodeLabels,
    PeerAddressPolicy peerAddresses,
    InstantSource clock,
    Supplier<String> newHolder,
    EnrollmentObserver observer) {}
