package io.mooring.identity.issue;

import io.mooring.identity.attest.RefusalReason;
import io.mooring.model.MeshStyle;
import io.mooring.model.spiffe.SpiffeId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.immutables.value.Value;

/** One decision about one request: an audit record. Immutable, without tokens or keys. */
@Value.Immutable
@MeshStyle
public interface IssueEvent {

  /** Returns when it was decided. */
  Instant at();

  /** Returns the kind and public id of what the caller showed, e.g. {@code join-token:1f0c...}. */
  String evidence();

  /** Returns where the request came from. */
  String peer();

  /** Returns the group, as {@code namespace/name}, as far as it became known. */
  Optional<String> group();

  /** Returns the identity, as far as it became known. */
  Optional<SpiffeId> identity();

  /**
   * Returns the SHA-256 of the caller's public key, in hexadecimal, if the request was readable.
   */
  Optional<String> keyDigest();

  /** Returns why nothing was issued; empty for a grant. */
  Optional<RefusalReason> refusal();

  /** Returns what was wrong, in words and possibly in the caller's own; empty for a grant. */
  @Value.Default
  default String detail() {
    return "";
  }

  /** Returns for whom a token was issued; empty for certificates and refusals. */
  List<String> audience();

  /**
   * Returns the serial number of the certificate, in hexadecimal; empty for a token or a refusal.
   */
  Optional<String> serial();

  /** Returns the end of the certificate or token; empty for a refusal. */
  Optional<Instant> notAfter();

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link IssueEvent}. Not thread-safe. */
  final class Builder extends ImmutableIssueEvent.Builder {
    Builder() {}
  }
}
