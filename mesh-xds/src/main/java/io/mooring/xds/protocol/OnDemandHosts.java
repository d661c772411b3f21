package io.mooring.xds.protocol;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.mooring.xds.resource.VersionedResource;
import java.io.IOException;

/** Tells of which route configurations the virtual hosts come on demand, by a look at one field. */
final class OnDemandHosts {

  private OnDemandHosts() {}

  /** Returns whether a client that has this route configuration asks for its virtual hosts. */
  static boolean areOf(VersionedResource route) {
    CodedInputStream in = route.body().getValue().newCodedInput();
    try {
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        if (WireFormat.getTagFieldNumber(tag) == RouteConfiguration.VHDS_FIELD_NUMBER) {
          return true;
        }
        in.skipField(tag);
      }
    } catch (IOException e) {
      return false; // made by hand and no route configuration: the proxy will say so
    }
    return false;
  }

  /**
   * Returns the name of no virtual host of a route configuration. Envoy waits for a response with
   * any name of it, and takes an empty response for none: its listener would never open.
   */
  static String none(VersionedResource route) {
    return route.name() + "/";
  }
}
