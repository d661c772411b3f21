package io.mooring.identity.agent;

import io.mooring.identity.agent.svid.Credentials;
import java.io.IOException;

/** Gets new credentials for old ones, and what vouches for peers, and keeps them. Blocks. */
interface SvidExchange {

  Credentials renew(Credentials current) throws IOException;

  /** Returns {@code current} with the trust bundle of now; the same if that did not change. */
  Credentials refresh(Credentials current) throws IOException;
}
