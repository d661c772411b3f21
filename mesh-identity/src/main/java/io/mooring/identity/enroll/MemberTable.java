package io.mooring.identity.enroll;

import io.mooring.model.ConfigKey;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The VMs that this replica looks after, each under the key of its entry. Confined to the
 * registrar's executor.
 *
 * <p>The key of a VM is the reconciler's to say, and may change: two VMs can have the same plain
 * name, and which of them has it is decided by the store, which other replicas write too.
 */
final class MemberTable {

  private final Reconciler reconciler;
  private final Consumer<Member> moved;
  private final Map<ConfigKey, Member> membersByEntry = new TreeMap<>();

  /** Creates an empty table; {@code moved} is told of members that had to get another key. */
  MemberTable(Reconciler reconciler, Consumer<Member> moved) {
    this.reconciler = reconciler;
    this.moved = moved;
  }

  /** Returns the VM's member, a new one if it had none, under the key of its entry. */
  Member of(EnrollmentRequest request) {
    ConfigKey key = key(request);
    for (ConfigKey candidate : EntryKeys.candidates(request)) {
      @Nullable Member known = membersByEntry.get(candidate);
      if (known != null && known.isVmOf(request)) {
        rename(known, key);
        return known;
      }
    }
    Member member = new Member(key, request);
    rename(member, key);
    return member;
  }

  private ConfigKey key(EnrollmentRequest request) {
    return reconciler.key(request, Collections.unmodifiableMap(membersByEntry));
  }

  void rename(Member member, ConfigKey key) {
    membersByEntry.remove(member.entry, member);
    member.entry = key;
    @Nullable Member displaced = membersByEntry.put(key, member);
    if (displaced != null) {
      findKey(displaced);
    }
  }

  /** While this replica was not there to see it, another VM got the name of this one's entry. */
  void findKey(Member member) {
    try {
      rename(member, key(member.request()));
      moved.accept(member);
    } catch (EnrollmentRefusedException e) {
      member.refusal = e.reason().toString();
    }
  }

  void forget(Member member) {
    member.keep();
    member.inherited(null);
    membersByEntry.remove(member.entry, member);
  }

  boolean has(Member member) {
    return membersByEntry.get(member.entry) == member;
  }

  @Nullable Member at(ConfigKey entry) {
    return membersByEntry.get(entry);
  }

  /** Returns every member as of now, in the order of entries. */
  List<Member> all() {
    return List.copyOf(membersByEntry.values());
  }
}
