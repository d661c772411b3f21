package io.mooring.identity.enroll;

import io.mooring.model.ConfigKey;
import io.mooring.model.networking.WorkloadEntry;
import io.mooring.service.EntryOverlay;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How the entry of a VM is called. Pure.
 *
 * <p>A VM is known by its group and its id; the entry's name only looks like them: {@code
 * group-id}, where a VM without an id of its own has {@code ip[-network]}, as in Istio. Where Istio
 * cuts a long name at its front, so that groups can meet, its end gives way to a hash here; so it
 * does where the plain name belongs to another VM, e.g. to {@code 10.0.0.1} in network {@code a-b}
 * of group {@code g}, and to {@code b} of group {@code g-10.0.0.1-a}.
 */
final class EntryKeys {

  /** Names the group of an entry that enrolment made; Istio's word. */
  static final String GROUP_ANNOTATION = "istio.io/autoRegistrationGroup";

  /** Holds the id that, with the group, tells a VM from all others. */
  static final String ID_ANNOTATION = "mooring.io/workload-id";

  private static final String KIND = "WorkloadEntry";
  private static final int MAX_NAME = 253; // of a Kubernetes object
  private static final int HASH_CHARACTERS = 10;

  private EntryKeys() {}

  /** Returns the VM's id: its own word, else its address, with the network that it says. */
  static String id(EnrollmentRequest request) {
    if (request.manual()) {
      return request.group();
    }
    if (!request.workloadId().isEmpty()) {
      return request.workloadId();
    }
    String ip = request.addresses().get(0).toLowerCase(Locale.ROOT);
    return request.network().isEmpty() ? ip : ip + "/" + request.network();
  }

  /** Returns the plain key, and the one with a hash. */
  static List<ConfigKey> candidates(EnrollmentRequest request) {
    if (request.manual()) {
      return List.of(request.groupKey());
    }
    String id = id(request);
    String words =
        (request.group() + "-" + id.toLowerCase(Locale.ROOT).replaceAll("[:/_]", "-"))
            .replaceAll("-*\\.[-.]*", "."); // no part of a name may be empty or end in a dash
    String plain = words.endsWith("-") ? words + "0" : words; // fd00:: may not end in a dash
    ConfigKey hashed = key(request, hashed(plain, request.group() + "\n" + id));
    return plain.length() > MAX_NAME ? List.of(hashed) : List.of(key(request, plain), hashed);
  }

  private static ConfigKey key(EnrollmentRequest request, String name) {
    return new ConfigKey(KIND, request.namespace(), name);
  }

  private static String hashed(String plain, String owner) {
    String hash = sha256(owner).substring(0, HASH_CHARACTERS);
    int end = Math.min(plain.length(), MAX_NAME - HASH_CHARACTERS - 1);
    return plain.substring(0, end).replaceAll("[-.]+$", "") + "-" + hash;
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java platform has it
    }
  }

  /** Returns whether somebody wrote the entry into the store itself. */
  static boolean isManual(WorkloadEntry entry) {
    return !EntryOverlay.is(entry) && !entry.metadata().annotations().containsKey(GROUP_ANNOTATION);
  }

  /**
   * Returns the group of an entry that enrolment made; of an overlay, and of what somebody wrote
   * and whose VM is known, the entry itself; empty for what enrolment has nothing to do with.
   */
  static Optional<ConfigKey> groupOf(WorkloadEntry entry) {
    if (EntryOverlay.is(entry) || (isManual(entry) && !EntryLease.of(entry).holder().isEmpty())) {
      return Optional.of(entry.key());
    }
    return Optional.ofNullable(entry.metadata().annotations().get(GROUP_ANNOTATION))
        .map(group -> new ConfigKey("WorkloadGroup", entry.metadata().namespace(), group));
  }

  /** Returns the id of an entry that enrolment made. */
  static String idOf(WorkloadEntry entry) {
    return entry.metadata().annotations().getOrDefault(ID_ANNOTATION, "");
  }

  /** Returns what is the same for all entries of one VM, and different for two VMs. */
  static String vm(WorkloadEntry entry) {
    return entry.metadata().namespace()
        + "\n"
        + entry.metadata().annotations().getOrDefault(GROUP_ANNOTATION, "")
        + "\n"
        + (idOf(entry).isEmpty() ? entry.metadata().name() : idOf(entry));
  }
}
