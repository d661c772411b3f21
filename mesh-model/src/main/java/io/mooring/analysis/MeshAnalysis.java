package io.mooring.analysis;

import io.mooring.registry.RegistrySnapshot;
import io.mooring.service.Conflict;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Looks at the whole mesh for what each object alone cannot show: workloads that no service
 * selects, services without endpoints and why, ports, identities and subsets that do not fit. Pure;
 * costs about one walk over all objects.
 */
public final class MeshAnalysis {

  private MeshAnalysis() {}

  /**
   * Returns what is wrong with the mesh.
   *
   * @return in order, without duplicates; empty if nothing is
   */
  public static List<Finding> of(RegistrySnapshot snapshot) {
    MeshIndex mesh = MeshIndex.of(snapshot);
    return Stream.of(
            WorkloadFindings.of(mesh),
            GroupFindings.of(mesh),
            ServiceFindings.of(mesh),
            RuleFindings.of(mesh),
            PolicyFindings.of(mesh),
            snapshot.conflicts().stream().map(MeshAnalysis::conflict))
        .flatMap(findings -> findings)
        .distinct()
        .sorted()
        .toList();
  }

  private static Finding conflict(Conflict conflict) {
    return new Finding(
        FindingCode.CONFLICT,
        conflict.loser(),
        "%s '%s' is also claimed by %s, which wins: %s"
            .formatted(
                conflict.kind().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                conflict.subject(),
                conflict.winner(),
                conflict.reason()),
        "change or remove one of the two");
  }
}
