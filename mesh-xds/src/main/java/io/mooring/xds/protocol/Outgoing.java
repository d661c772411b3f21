package io.mooring.xds.protocol;

import io.mooring.xds.resource.VersionedResource;
import io.mooring.xds.resource.XdsType;
import java.util.List;

/**
 * One response to be sent. Immutable.
 *
 * @param version of all resources in it together: equal content, equal version
 * @param nonce unique on its stream
 * @param resources in the order of names, no name twice
 * @param removed names that do not exist, in order; always empty in state of the world
 * @param errors what there is instead of resources, in the order of names
 */
public record Outgoing(
    XdsType type,
    String version,
    String nonce,
    List<VersionedResource> resources,
    List<String> removed,
    List<VersionedResource> errors) {

  public Outgoing {
    resources = List.copyOf(resources);
    removed = List.copyOf(removed);
    errors = List.copyOf(errors);
  }
}
