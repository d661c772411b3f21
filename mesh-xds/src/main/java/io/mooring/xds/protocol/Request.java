package io.mooring.xds.protocol;

import io.mooring.xds.resource.XdsType;
import java.util.Optional;

/** What a client says, of one type. Immutable. */
public sealed interface Request permits SotwRequest, DeltaRequest {

  /** Returns the type that it is about. */
  XdsType type();

  /** Returns the nonce of the response that it answers; {@code ""} if none. */
  String nonce();

  /** Returns why that response was rejected; empty if it was accepted. */
  Optional<Rejection> rejection();
}
