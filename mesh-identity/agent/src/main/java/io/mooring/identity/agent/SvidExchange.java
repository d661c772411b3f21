package io.mooring.identity.agent;

import io.mooring.identity.agent.svid.Credentials;
import java.io.IOException;

/** Gets new credentials for old ones and keeps them. Blocks. */
@FunctionalInterface
interface SvidExchange {

  Credentials renew(Credentials current) throws IOException;
}
