package io.mooring.xds.mesh;

import io.mooring.xds.resource.VersionedResource;
import io.mooring.xds.translate.endpoint.EndpointInput;
import io.mooring.xds.translate.route.RouteInput;
import java.util.Collection;

/**
 * Estimates in bytes what it costs to remember a resource and its input: the encoded bytes, and
 * what of the input the registry would not hold anyway.
 */
final class Weights {

  /** Map entry, record, name, version, and the objects around them. */
  private static final long ENTRY = 512;

  /** One element of a list in an input. */
  private static final long ELEMENT = 64;

  private Weights() {}

  static long of(VersionedResource resource) {
    return ENTRY + resource.name().length() + resource.body().getValue().size();
  }

  static long of(Collection<VersionedResource> resources) {
    return resources.stream().mapToLong(Weights::of).sum();
  }

  static long elements(int count) {
    return ENTRY + count * ELEMENT;
  }

  static long of(EndpointInput input) {
    return elements(input.targets().size());
  }

  static long of(RouteInput input) {
    int hosts = input.hosts().size();
    int domains = input.hosts().stream().mapToInt(host -> host.domains().size()).sum();
    int rules = input.hosts().stream().mapToInt(host -> host.rules().size()).sum();
    return elements(2 * hosts + domains + 4 * rules);
  }
}
