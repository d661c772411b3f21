package io.mooring.identity.agent;

import io.mooring.identity.TrustBundle;
import io.mooring.model.spiffe.TrustDomain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The roots of a bundle, read anew each time: a new bundle that is written over the old one counts
 * without a restart. While the file cannot be read, the last ones count. Thread-safe.
 */
final class BundleRoots implements Supplier<TrustBundle> {

  private static final Logger log = LoggerFactory.getLogger(BundleRoots.class);

  private final Path file;
  private final TrustDomain trustDomain;
  private volatile TrustBundle last;

  BundleRoots(Path file, TrustBundle first) {
    this.file = file;
    this.trustDomain = first.trustDomain();
    this.last = first;
  }

  @Override
  public TrustBundle get() {
    try {
      last = TrustBundle.parse(trustDomain, Files.readString(file));
    } catch (IOException | IllegalArgumentException e) {
      log.debug("event=bundle_roots_kept file={} reason=\"{}\"", file, e.getMessage());
    }
    return last;
  }
}
