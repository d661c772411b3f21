package io.mooring.xds.debug;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.mooring.xds.resource.ResourceSet;
import io.mooring.xds.resource.VersionedResource;
import io.mooring.xds.resource.XdsType;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ResourceJsonTest {

  @Test
  void nothingIsAnEmptyArray() {
    assertThat(ResourceJson.print(ResourceSet.empty(), Set.of(XdsType.CLUSTER))).isEqualTo("[]\n");
  }

  @Test
  void resourceHasNameVersionTypeAndContentInProtobufNames() {
    VersionedResource cluster =
        VersionedResource.of(
            "a\"b", Cluster.newBuilder().setName("a\"b").setAltStatName("alt").build());
    ResourceSet set = ResourceSet.empty().with(XdsType.CLUSTER, cluster);

    assertThat(ResourceJson.print(set, Set.of(XdsType.CLUSTER, XdsType.ROUTE)))
        .isEqualTo(
            """
            [
              {
                "name": "a\\"b",
                "version": "%s",
                "type_url": "type.googleapis.com/envoy.config.cluster.v3.Cluster",
                "resource": {
                  "name": "a\\"b",
                  "alt_stat_name": "alt"
                }
              }
            ]
            """
                .formatted(cluster.version()));
  }

  @Test
  void unknownTypesAndBrokenBytesAreShownAsBytes() {
    Any unknown = Any.newBuilder().setTypeUrl("type.googleapis.com/own.Type").build();
    Any broken =
        Any.newBuilder()
            .setTypeUrl(XdsType.CLUSTER.typeUrl())
            .setValue(ByteString.copyFromUtf8("\u0007\u0007\u0007"))
            .build();
    ResourceSet set =
        ResourceSet.empty()
            .with(XdsType.CLUSTER, VersionedResource.of("unknown", unknown))
            .with(XdsType.CLUSTER, VersionedResource.of("broken", broken));

    assertThat(ResourceJson.print(set, Set.of(XdsType.CLUSTER)))
        .contains("\"@type\": \"type.googleapis.com/own.Type\"", "\"value\": \"BwcH\"");
  }
}
