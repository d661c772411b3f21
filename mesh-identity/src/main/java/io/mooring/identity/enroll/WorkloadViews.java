package io.mooring.identity.enroll;

import io.mooring.identity.WorkloadGroups;
import io.mooring.identity.enroll.Lifecycle.Holder;
import io.mooring.identity.enroll.RegisteredWorkload.State;
import io.mooring.model.ConfigKey;
import io.mooring.model.networking.WorkloadEntry;
import io.mooring.model.networking.WorkloadEntrySpec;
import io.mooring.model.networking.WorkloadGroup;
import io.mooring.service.AdminState;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** How entries and members are shown. Pure. */
final class WorkloadViews {

  private WorkloadViews() {}

  /** Returns every registered VM, and those that wait to be, in the order of entries. */
  static List<RegisteredWorkload> all(
      List<WorkloadEntry> entries,
      MemberTable members,
      Reconciler reconciler,
      RegistrarOptions options) {
    Map<ConfigKey, RegisteredWorkload> views = new TreeMap<>();
    for (WorkloadEntry entry : entries) {
      Optional<ConfigKey> group = EntryKeys.groupOf(entry);
      if (group.isPresent()) {
        @Nullable Member member = members.at(entry.key());
        views.put(
            entry.key(),
            of(
                entry,
                reconciler.holder(Optional.of(entry), member),
                member,
                options.groups().find(group.get()),
                options.nodeLabels()));
      }
    }
    for (Member member : members.all()) {
      if (member.connected()) {
        views.putIfAbsent(member.entry, waiting(member));
      }
    }
    return List.copyOf(views.values());
  }

  private static RegisteredWorkload of(
      WorkloadEntry entry,
      Holder holder,
      @Nullable Member member,
      Optional<WorkloadGroup> group,
      NodeLabelPolicy nodeLabels) {
    EntryLease lease = EntryLease.of(entry);
    return RegisteredWorkload.builder()
        .entry(entry.key())
        .group(entry.metadata().annotations().getOrDefault(EntryKeys.GROUP_ANNOTATION, ""))
        .id(EntryKeys.idOf(entry))
        .state(EntryStatus.isDeparted(entry) ? State.DEPARTED : state(holder, member))
        .address(entry.spec().address())
        .network(entry.spec().network())
        .peerAddress(member == null ? "" : peer(member))
        .streams(member == null ? 0 : member.streams())
        .holder(lease.holder())
        .epoch(lease.epoch())
        .adminState(AdminState.of(entry.metadata()))
        .health(EntryStatus.health(entry))
        .healthMessage(EntryStatus.healthMessage(entry))
        .healthReport(Math.max(0, EntryStatus.healthNumber(entry)))
        .drift(
            EntryStatus.isDeparted(entry)
                ? List.of()
                : group
                    .map(found -> drift(entry, member, found, nodeLabels))
                    .orElse(List.of("group")))
        .refusal(member == null ? "" : member.refusal)
        .build();
  }

  private static RegisteredWorkload waiting(Member member) {
    return RegisteredWorkload.builder()
        .entry(member.entry)
        .group(member.request().manual() ? "" : member.request().group())
        .id(EntryKeys.id(member.request()))
        .state(State.WAITING)
        .peerAddress(peer(member))
        .streams(member.streams())
        .refusal(member.refusal)
        .build();
  }

  private static State state(Holder holder, @Nullable Member member) {
    return switch (holder) {
      case SELF, RELEASED -> member != null && member.connected() ? State.CONNECTED : State.LEAVING;
      case OTHER, STRANGER -> State.ELSEWHERE;
      case GONE, NOBODY -> State.ORPHANED;
    };
  }

  private static String peer(Member member) {
    return member.request().peerAddress().map(InetAddress::getHostAddress).orElse("");
  }

  /** Where the VM is not connected here, only what the group alone decides can be compared. */
  private static List<String> drift(
      WorkloadEntry entry,
      @Nullable Member member,
      WorkloadGroup group,
      NodeLabelPolicy nodeLabels) {
    WorkloadEntrySpec is = entry.spec();
    WorkloadEntrySpec template = group.spec().template();
    List<String> drift = new ArrayList<>();
    if (member == null) {
      Map<String, String> labels = EntryTemplate.labels(group);
      boolean same =
          nodeLabels == NodeLabelPolicy.GROUP_ONLY
              ? is.labels().equals(labels)
              : is.labels().keySet().containsAll(labels.keySet());
      addUnless(same, "labels", drift);
    } else {
      WorkloadEntrySpec wanted =
          EntryTemplate.entry(entry.key(), group, member.request(), nodeLabels).spec();
      addUnless(is.address().equals(wanted.address()), "address", drift);
      addUnless(is.labels().equals(wanted.labels()), "labels", drift);
      addUnless(is.locality().equals(wanted.locality()), "locality", drift);
      addUnless(is.network().equals(wanted.network()), "network", drift);
    }
    addUnless(is.ports().equals(template.ports()), "ports", drift);
    addUnless(hasAccount(is, group), "serviceAccount", drift);
    addUnless(is.weight() == template.weight(), "weight", drift);
    return drift;
  }

  /** An entry that somebody wrote may leave out that it has the default account. */
  private static boolean hasAccount(WorkloadEntrySpec is, WorkloadGroup group) {
    return is.serviceAccount().equals(WorkloadGroups.serviceAccount(group))
        || is.serviceAccount().equals(group.spec().template().serviceAccount());
  }

  private static void addUnless(boolean same, String field, List<String> drift) {
    if (!same) {
      drift.add(field);
    }
  }
}
