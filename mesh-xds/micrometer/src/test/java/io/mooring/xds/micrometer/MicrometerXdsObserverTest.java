package io.mooring.xds.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.core.v3.Node;
import io.grpc.Status;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.resource.XdsType;
import io.mooring.xds.server.PeerIdentity;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MicrometerXdsObserverTest {

  private static final ProxyNode NODE = ProxyNode.parse(Node.newBuilder().setId("one").build());

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final MicrometerXdsObserver observer = new MicrometerXdsObserver(registry);

  private double count(String name, String... tags) {
    return registry.get(name).tags(tags).counter().count();
  }

  private double millis(String timer, String... tags) {
    return registry.get(timer).tags(tags).timer().totalTime(TimeUnit.MILLISECONDS);
  }

  @Test
  void streamsAreCountedWhileTheyAreOpenAndByHowTheyEnd() {
    observer.streamOpened(NODE, PeerIdentity.ANONYMOUS, 1);
    observer.streamOpened(NODE, PeerIdentity.ANONYMOUS, 2);
    observer.streamClosed(NODE, 1, Status.OK);
    observer.streamRefused(Status.RESOURCE_EXHAUSTED);
    assertThat(registry.get("mooring.xds.streams").gauge().value()).isEqualTo(1);
    assertThat(count("mooring.xds.streams.closed", "code", "OK")).isEqualTo(1);
    assertThat(count("mooring.xds.streams.refused", "code", "RESOURCE_EXHAUSTED")).isEqualTo(1);
  }

  @Test
  void messagesAreCountedByType() {
    observer.requestReceived(NODE, XdsType.CLUSTER);
    observer.responseSent(NODE, XdsType.CLUSTER, 2, 1, 300);
    observer.responseSent(NODE, XdsType.LISTENER, 1, 0, 50);
    observer.rejected(NODE, XdsType.LISTENER, List.of("l"), "no");
    observer.acknowledged(NODE, XdsType.CLUSTER, Duration.ofMillis(7));
    assertThat(count("mooring.xds.requests", "type", "Cluster")).isEqualTo(1);
    assertThat(count("mooring.xds.responses", "type", "Cluster")).isEqualTo(1);
    assertThat(count("mooring.xds.response.bytes", "type", "Cluster")).isEqualTo(300);
    assertThat(count("mooring.xds.response.bytes", "type", "Listener")).isEqualTo(50);
    assertThat(count("mooring.xds.nacks", "type", "Listener")).isEqualTo(1);
    assertThat(count("mooring.xds.nacks", "type", "Cluster")).isZero();
    assertThat(millis("mooring.xds.ack.time", "type", "Cluster")).isEqualTo(7);
  }

  @Test
  void pushesAreTimedFromTheChangeToTheLastAnswer() {
    observer.pushed(NODE, Duration.ofMillis(100), Duration.ofMillis(3));
    observer.pushFailed(NODE, new IllegalStateException("x"));
    observer.converged(NODE, Duration.ofMillis(120));
    assertThat(millis("mooring.xds.push.queue.time")).isEqualTo(100);
    assertThat(millis("mooring.xds.push.work.time")).isEqualTo(3);
    assertThat(registry.get("mooring.xds.push.work.time").timer().count()).isEqualTo(1);
    assertThat(count("mooring.xds.push.failures")).isEqualTo(1);
    assertThat(millis("mooring.xds.convergence.time")).isEqualTo(120);
  }

  @Test
  void clientsCannotMakeUpMeters() {
    for (int i = 0; i < 1_000; i++) {
      observer.requestReceived(NODE, new XdsType("type.googleapis.com/made.up.Type" + i));
      observer.requestReceived(NODE, new XdsType("type.googleapis.com/envoy.made.up.Type" + i));
    }
    assertThat(count("mooring.xds.requests", "type", "other")).isGreaterThan(1_900);
    assertThat(registry.getMeters()).hasSizeLessThan(300);
  }
}
