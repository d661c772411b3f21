package io.mooring.identity.attest.http;

import java.io.IOException;
import java.net.URI;

/** Reads a document that is published at an address. Thread-safe. */
@FunctionalInterface
public interface DocumentFetcher {

  /**
   * Returns the document.
   *
   * @throws IOException if there is none now, or it is not to be trusted; names the address
   */
  byte[] fetch(URI address) throws IOException;
}
