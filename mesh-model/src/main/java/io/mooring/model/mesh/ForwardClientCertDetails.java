package io.mooring.model.mesh;

/** What becomes of the header {@code x-forwarded-client-cert}. */
public enum ForwardClientCertDetails {
  /** As {@link #SANITIZE}. */
  UNDEFINED,
  /** It goes nowhere. */
  SANITIZE,
  /** It goes on where the client has a certificate. */
  FORWARD_ONLY,
  /** It goes on with the client's certificate added. */
  APPEND_FORWARD,
  /** It becomes the client's certificate. */
  SANITIZE_SET,
  /** It goes on. */
  ALWAYS_FORWARD_ONLY
}
