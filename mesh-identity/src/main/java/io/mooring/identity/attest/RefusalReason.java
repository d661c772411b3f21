package io.mooring.identity.attest;

import java.util.Locale;

/** Why no certificate was issued. Its text is stable: audits and alerts may rely on it. */
public enum RefusalReason {
  /** Neither a token nor a client certificate came with the request. */
  NO_CREDENTIAL,
  /** The credential has not the form of any that is known. */
  MALFORMED_TOKEN,
  /** No such token: never made, or long gone. */
  UNKNOWN_TOKEN,
  /** The token's id exists, its secret is another. */
  WRONG_SECRET,
  /** The token's time is over. */
  EXPIRED_TOKEN,
  /** An operator took the token back. */
  REVOKED_TOKEN,
  /** Another key has used the token, or the same one too long ago. */
  REUSED_TOKEN,
  /** No attestor judges evidence of this kind. */
  UNKNOWN_EVIDENCE,
  /** A token or document is malformed, not signed by whom it should be, or not for us. */
  INVALID_EVIDENCE,
  /** A token or document is too old, or not valid yet. */
  STALE_EVIDENCE,
  /** Another key has used the evidence, which counts once, or the same one too long ago. */
  REUSED_EVIDENCE,
  /** The evidence is genuine; its account, project, tenant or the like is not allowed. */
  NOT_ALLOWED,
  /** The challenge was not answered. */
  NO_ANSWER,
  /** The client certificate is not valid here and now. */
  INVALID_CERTIFICATE,
  /** An operator has banned the identity or the certificate. */
  BANNED,
  /**
   * No rule admits the evidence, or its group does not exist, or none has the identity to renew.
   */
  UNKNOWN_GROUP,
  /** The identity belongs to the control plane. */
  RESERVED_IDENTITY,
  /** The request asks for another identity than its credential is good for. */
  OTHER_IDENTITY,
  /** The certificate request is malformed, unproved, too weak, or asks for too much. */
  BAD_REQUEST,
  /** The wanted lifetime is out of range. */
  BAD_LIFETIME,
  /** The group has names that no SPIFFE ID can have. */
  INVALID_IDENTITY,
  /** The caller, or all callers together, ask too often. */
  RATE_LIMITED,
  /** The evidence cannot be checked or used up now; nothing was issued. */
  UNAVAILABLE;

  /** Returns the name in lower case with dashes, e.g. {@code reused-token}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
