package io.mooring.testkit.xds;

import static io.mooring.testkit.xds.InProcessXds.cluster;
import static io.mooring.testkit.xds.InProcessXds.endpoints;
import static io.mooring.xds.resource.XdsType.CLUSTER;
import static io.mooring.xds.resource.XdsType.ENDPOINT;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.Code;
import com.google.rpc.Status;
import io.envoyproxy.envoy.service.discovery.v3.ResourceError;
import io.mooring.testkit.Row;
import io.mooring.testkit.xds.RawXds.Via;
import io.mooring.xds.resource.ResourceSet;
import io.mooring.xds.resource.VersionedResource;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Errors in the place of resources: rows 106 to 112, on the wire. */
class RawErrorsTest {

  private static VersionedResource error(String name, Code code) {
    return VersionedResource.error(
        name, Status.newBuilder().setCode(code.getNumber()).setMessage("why " + name).build());
  }

  @Row({106, 107, 109, 112})
  @ParameterizedTest
  @EnumSource
  void errorIsSentOnceAndTheResourceWhenItComes(Via via) {
    try (RawXds xds = new RawXds()) {
      xds.resources.set(
          "one",
          ResourceSet.empty()
              .with(ENDPOINT, endpoints("a", 1))
              .with(ENDPOINT, error("b", Code.UNAVAILABLE)));
      RawSotw sotw = xds.sotw(via, ENDPOINT).ask(ENDPOINT, "a", "b");
      RawDelta delta = xds.delta(via, ENDPOINT).subscribe(ENDPOINT, "a", "b");
      assertThat(sotw.sentAndAccepted("a", "b")).containsExactly("ClusterLoadAssignment a");
      assertThat(delta.sentAndAccepted()).containsExactly("ClusterLoadAssignment a");
      for (ResourceError error :
          new ResourceError[] {
            sotw.last().getResourceErrors(0), delta.last().getResourceErrors(0)
          }) {
        assertThat(error.getResourceName().getName()).isEqualTo("b");
        assertThat(error.getErrorDetail().getCode()).isEqualTo(Code.UNAVAILABLE_VALUE);
        assertThat(error.getErrorDetail().getMessage()).isEqualTo("why b");
      }
      xds.resources.put("one", ENDPOINT, endpoints("a", 2));
      assertThat(sotw.take().get(0).getResourceErrorsList()).isEmpty();
      assertThat(delta.take().get(0).getResourceErrorsList()).isEmpty();
      xds.resources.put("one", ENDPOINT, endpoints("b", 1));
      assertThat(sotw.sent()).containsExactly("ClusterLoadAssignment b");
      assertThat(delta.sent()).containsExactly("ClusterLoadAssignment b");
      assertThat(delta.last().getResourceErrorsList()).isEmpty();
    }
  }

  @Row({108, 109, 110})
  @ParameterizedTest
  @EnumSource
  void errorThatSaysGoneIsARemovalForClientsThatKnowNoErrors(Via via) {
    try (RawXds xds = new RawXds()) {
      xds.resources.set(
          "one",
          ResourceSet.empty().with(ENDPOINT, endpoints("a", 1)).with(ENDPOINT, endpoints("b", 1)));
      RawDelta client = xds.delta(via, ENDPOINT).subscribe(ENDPOINT, "a", "b");
      client.sentAndAccepted();
      xds.resources.put("one", ENDPOINT, error("a", Code.UNAVAILABLE));
      assertThat(client.sentAndAccepted()).containsExactly("ClusterLoadAssignment");
      xds.resources.put("one", ENDPOINT, error("a", Code.NOT_FOUND));
      xds.resources.put("one", ENDPOINT, error("b", Code.PERMISSION_DENIED));
      assertThat(client.sentAndAccepted())
          .containsExactly("ClusterLoadAssignment -a", "ClusterLoadAssignment -b");
    }
  }

  @Row({108, 111})
  @ParameterizedTest
  @EnumSource
  void wildcardBringsNoErrors(Via via) {
    try (RawXds xds = new RawXds()) {
      xds.resources.set(
          "one",
          ResourceSet.empty()
              .with(CLUSTER, cluster("a", 1))
              .with(CLUSTER, error("b", Code.NOT_FOUND)));
      RawSotw sotw = xds.sotw(via, CLUSTER).ask(CLUSTER);
      RawDelta delta = xds.delta(via, CLUSTER).subscribe(CLUSTER);
      assertThat(sotw.sentAndAccepted()).containsExactly("Cluster a");
      assertThat(sotw.last().getResourceErrorsList()).isEmpty();
      assertThat(delta.sentAndAccepted()).containsExactly("Cluster a");
      assertThat(delta.last().getResourceErrorsList()).isEmpty();
      RawSotw named = xds.sotw(via, CLUSTER).ask(CLUSTER, "*", "b");
      assertThat(named.sent()).containsExactly("Cluster a");
      assertThat(named.last().getResourceErrorsCount()).isEqualTo(1);
    }
  }

  @Row({63, 106, 108, 110})
  @ParameterizedTest
  @EnumSource
  void everyMissingNameMayBeToldAsAnError(Via via) {
    try (RawXds xds = new RawXds()) {
      xds.resources.set(
          "one",
          ResourceSet.empty()
              .with(ENDPOINT, endpoints("a", 1))
              .answering(ENDPOINT, name -> error(name, Code.NOT_FOUND)));
      RawSotw sotw = xds.sotw(via, ENDPOINT).ask(ENDPOINT, "a", "b");
      RawDelta delta = xds.delta(via, ENDPOINT).subscribe(ENDPOINT, "a", "b");
      assertThat(sotw.sentAndAccepted("a", "b")).containsExactly("ClusterLoadAssignment a");
      assertThat(delta.sentAndAccepted()).containsExactly("ClusterLoadAssignment a -b");
      assertThat(sotw.last().getResourceErrors(0).getResourceName().getName()).isEqualTo("b");
      assertThat(delta.last().getResourceErrors(0).getResourceName().getName()).isEqualTo("b");
      xds.resources.put("one", ENDPOINT, endpoints("b", 1));
      assertThat(sotw.sentAndAccepted("a", "b")).containsExactly("ClusterLoadAssignment b");
      assertThat(delta.sentAndAccepted()).containsExactly("ClusterLoadAssignment b");
      assertThat(delta.last().getResourceErrorsList()).isEmpty();
    }
  }

  @Row({88, 106})
  @Test
  void resourceThatTheClientKeptIsInErrorNow() {
    try (RawXds xds = new RawXds()) {
      xds.resources.put("one", ENDPOINT, error("a", Code.INTERNAL));
      RawDelta client = xds.delta().resume(ENDPOINT, Map.of("a", "old"), "a");
      assertThat(client.sent()).containsExactly("ClusterLoadAssignment");
      assertThat(client.last().getResourceErrorsCount()).isEqualTo(1);
    }
  }
}
