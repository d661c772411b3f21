package io.mooring.identity.agent;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What an agent has opened so far, closed in reverse order. Confined to one thread at a time. */
final class OpenResources implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(VmAgent.class);

  private final Deque<AutoCloseable> newestFirst = new ArrayDeque<>();

  <T extends AutoCloseable> T add(T resource) {
    newestFirst.push(resource);
    return resource;
  }

  /** Closes all; one that fails does not keep the others open. */
  @Override
  public void close() {
    while (!newestFirst.isEmpty()) {
      AutoCloseable resource = newestFirst.pop();
      try {
        resource.close();
      } catch (Exception e) {
        log.warn("event=close_failed resource={}", resource.getClass().getSimpleName(), e);
      }
    }
  }
}
