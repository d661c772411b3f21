package io.mooring.analysis;

import io.mooring.model.ConfigKey;
import io.mooring.registry.RegistrySnapshot;
import io.mooring.registry.SourceStatus;
import io.mooring.service.Conflict;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
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
            PlaintextFindings.of(mesh),
            NetworkFindings.of(mesh),
            snapshot.sources().stream().flatMap(status -> source(status).stream()),
            snapshot.conflicts().stream().map(MeshAnalysis::conflict))
        .flatMap(findings -> findings)
        .distinct()
        .sorted()
        .toList();
  }

  private static Optional<Finding> source(SourceStatus status) {
    ConfigKey object = new ConfigKey("RegistrySource", "", status.name());
    if (!status.synced()) {
      return Optional.of(
          new Finding(
              FindingCode.SOURCE_NOT_SYNCED,
              object,
              "it has not handed over yet what it holds"
                  + status.outage().map(outage -> ": " + outage.reason()).orElse(""),
              "make sure that its backend answers: proxies do not see what it holds until then"));
    }
    return status
        .outage()
        .map(
            outage ->
                new Finding(
                    FindingCode.SOURCE_STALE,
                    object,
                    "down since %s: %s".formatted(outage.since(), outage.reason()),
                    "make sure that its backend answers: what it said last goes on being served"));
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
