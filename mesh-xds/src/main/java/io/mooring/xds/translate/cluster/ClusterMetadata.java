package io.mooring.xds.translate.cluster;

import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.mooring.service.MeshService;

/** Says what a cluster was made of, under Istio's key, for access logs and people. */
final class ClusterMetadata {

  private ClusterMetadata() {}

  static Metadata of(ClusterInput input) {
    Struct.Builder istio =
        Struct.newBuilder()
            .putFields(
                "services",
                Value.newBuilder()
                    .setListValue(ListValue.newBuilder().addValues(service(input.service())))
                    .build());
    input
        .policySource()
        .ifPresent(
            rule ->
                istio.putFields(
                    "config",
                    text(
                        "/apis/networking.istio.io/v1/namespaces/%s/destination-rule/%s"
                            .formatted(rule.namespace(), rule.name()))));
    if (!input.subset().isEmpty()) {
      istio.putFields("subset", text(input.subset()));
    }
    if (input.service().meshExternal()) {
      istio.putFields("external", Value.newBuilder().setBoolValue(true).build());
    }
    return Metadata.newBuilder().putFilterMetadata("istio", istio.build()).build();
  }

  private static Value service(MeshService service) {
    return Value.newBuilder()
        .setStructValue(
            Struct.newBuilder()
                .putFields("host", text(service.host()))
                .putFields("name", text(service.name()))
                .putFields("namespace", text(service.namespace())))
        .build();
  }

  private static Value text(String text) {
    return Value.newBuilder().setStringValue(text).build();
  }
}
