package io.mooring.testkit.xds;

import static io.mooring.xds.resource.XdsType.CLUSTER;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Message;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.mooring.xds.resource.VersionedResource;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Counts how often a resource is encoded, by a message that notices. */
class EncodedOnceTest {

  private static final int STREAMS = 100;
  private static final int REVISIONS = 5;
  private static final Set<String> ENCODERS =
      Set.of("writeTo", "writeDelimitedTo", "toByteString", "toByteArray");

  private final AtomicInteger encoded = new AtomicInteger();

  private Message counted(Message message) {
    return (Message)
        Proxy.newProxyInstance(
            Message.class.getClassLoader(),
            new Class<?>[] {Message.class},
            (proxy, method, arguments) -> {
              if (ENCODERS.contains(method.getName())) {
                encoded.incrementAndGet();
              }
              try {
                return method.invoke(message, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Test
  void theCounterCounts() throws Exception {
    Message message = counted(Cluster.newBuilder().setName("a").build());
    assertThat(message.toByteArray()).isNotEmpty();
    message.writeTo(CodedOutputStream.newInstance(new byte[message.getSerializedSize()]));
    assertThat(encoded).hasValue(2);
  }

  @Test
  void eachVersionIsEncodedOnceForAllStreamsOfBothVariants() {
    List<FakeProxy> proxies = new ArrayList<>();
    try (InProcessXds server = new InProcessXds()) {
      for (int i = 0; i < STREAMS; i++) {
        FakeProxy proxy =
            i % 2 == 0
                ? FakeProxy.delta(server.channel(), FakeProxy.node("one"))
                : FakeProxy.sotw(server.channel(), FakeProxy.node("one"));
        proxies.add(proxy);
        proxy.subscribe(CLUSTER);
      }
      for (int revision = 1; revision <= REVISIONS; revision++) {
        Cluster cluster = Cluster.newBuilder().setName("a").setAltStatName("r" + revision).build();
        VersionedResource newest = VersionedResource.of("a", counted(cluster));
        server.resources.put("one", CLUSTER, newest);
        proxies.forEach(
            proxy -> proxy.await(response -> response.resources().containsValue(newest.body())));
      }
      proxies.forEach(FakeProxy::reconnect); // nor for those that come back
      proxies.forEach(FakeProxy::fence);
      assertThat(encoded).hasValue(REVISIONS);
    } finally {
      proxies.forEach(FakeProxy::close);
    }
  }
}
