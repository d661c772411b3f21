package io.mooring.analysis;

import static java.util.Objects.requireNonNull;

import io.mooring.model.ConfigKey;
import java.util.Comparator;
import java.util.Locale;

/**
 * Something that is accepted and probably not meant. Immutable; ordered by level, object, code,
 * reason.
 *
 * @param code what is wrong
 * @param object the object that it is about
 * @param reason why, with the values that do not fit together
 * @param advice what to do
 */
public record Finding(FindingCode code, ConfigKey object, String reason, String advice)
    implements Comparable<Finding> {

  private static final Comparator<Finding> ORDER =
      Comparator.comparing((Finding finding) -> finding.code.level())
          .thenComparing(Finding::object)
          .thenComparing(Finding::code)
          .thenComparing(Finding::reason)
          .thenComparing(Finding::advice);

  public Finding {
    requireNonNull(code, "code");
    requireNonNull(object, "object");
    requireNonNull(reason, "reason");
    requireNonNull(advice, "advice");
  }

  @Override
  public int compareTo(Finding other) {
    return ORDER.compare(this, other);
  }

  /** Returns one line: {@code level: CODE: Kind/namespace/name: reason; advice}. */
  @Override
  public String toString() {
    return "%s: %s: %s: %s; %s"
        .formatted(code.level().name().toLowerCase(Locale.ROOT), code, object, reason, advice);
  }
}
