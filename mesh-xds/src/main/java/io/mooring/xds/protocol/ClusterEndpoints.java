package io.mooring.xds.protocol;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.mooring.xds.resource.VersionedResource;
import java.io.IOException;
import java.util.Optional;

/**
 * Tells which endpoint resource a cluster waits for, by a look at three of its fields: to parse
 * whole clusters for every stream would cost more than sending them.
 */
final class ClusterEndpoints {

  private static final int TYPE_TAG = tag(Cluster.TYPE_FIELD_NUMBER, WireFormat.WIRETYPE_VARINT);
  private static final int EDS_CONFIG_TAG =
      tag(Cluster.EDS_CLUSTER_CONFIG_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
  private static final int SERVICE_NAME_TAG =
      tag(Cluster.EdsClusterConfig.SERVICE_NAME_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);

  private ClusterEndpoints() {}

  private static int tag(int field, int wireType) {
    return field << 3 | wireType;
  }

  /** Returns the name; empty if the cluster gets its endpoints otherwise, or is no cluster. */
  static Optional<String> name(VersionedResource cluster) {
    CodedInputStream in = cluster.body().getValue().newCodedInput();
    boolean eds = false;
    String serviceName = "";
    try {
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        if (tag == TYPE_TAG) {
          eds = in.readEnum() == Cluster.DiscoveryType.EDS_VALUE;
        } else if (tag == EDS_CONFIG_TAG) {
          serviceName = serviceName(in);
        } else {
          in.skipField(tag);
        }
      }
    } catch (IOException e) {
      return Optional.empty(); // made by hand and no cluster: the proxy will say so
    }
    return eds
        ? Optional.of(serviceName.isEmpty() ? cluster.name() : serviceName)
        : Optional.empty();
  }

  private static String serviceName(CodedInputStream in) throws IOException {
    int limit = in.pushLimit(in.readRawVarint32());
    String name = "";
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == SERVICE_NAME_TAG) {
        name = in.readStringRequireUtf8();
      } else {
        in.skipField(tag);
      }
    }
    in.popLimit(limit);
    return name;
  }
}
