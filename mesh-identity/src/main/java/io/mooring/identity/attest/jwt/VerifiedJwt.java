package io.mooring.identity.attest.jwt;

import com.fasterxml.jackson.databind.JsonNode;
import io.mooring.identity.attest.RefusalReason;
import io.mooring.identity.attest.RefusedException;
import java.util.Optional;

/** The claims of a token that was verified. Immutable; of no use as a credential. */
public final class VerifiedJwt {

  private final JsonNode claims;

  VerifiedJwt(JsonNode claims) {
    this.claims = claims;
  }

  /** Returns the text at a path of nested claims; empty if there is none, or it is no string. */
  public Optional<String> text(String... path) {
    JsonNode value = claims;
    for (String name : path) {
      value = value.path(name);
    }
    return value.isTextual() && !value.textValue().isEmpty()
        ? Optional.of(value.textValue())
        : Optional.empty();
  }

  /** Returns the whole number at a path of nested claims; empty if there is none. */
  public Optional<Long> number(String... path) {
    JsonNode value = claims;
    for (String name : path) {
      value = value.path(name);
    }
    return value.isIntegralNumber() && value.canConvertToLong()
        ? Optional.of(value.longValue())
        : Optional.empty();
  }

  /**
   * Returns the text at a path of nested claims.
   *
   * @throws RefusedException if there is none, or it is empty
   */
  public String required(String... path) {
    return text(path)
        .orElseThrow(
            () ->
                new RefusedException(
                    RefusalReason.INVALID_EVIDENCE,
                    "token without claim '" + String.join(".", path) + "' (expected: a string)"));
  }
}
