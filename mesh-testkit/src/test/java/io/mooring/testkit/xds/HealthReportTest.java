package io.mooring.testkit.xds;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.Status;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.grpc.stub.StreamObserver;
import io.mooring.xds.server.HealthSignal;
import io.mooring.xds.server.StreamListener;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Reports of health among the requests of a discovery stream. */
@Timeout(30)
class HealthReportTest {

  private static final String TYPE = "type.googleapis.com/istio.v1.HealthInformation";

  private final List<HealthSignal> heard = new CopyOnWriteArrayList<>();
  private final BlockingQueue<DiscoveryResponse> responses = new LinkedBlockingQueue<>();
  private final StreamListener listener =
      new StreamListener() {
        @Override
        public String healthReported(long streamId, HealthSignal signal) {
          heard.add(signal);
          return "9"; // somebody was faster
        }
      };

  @Test
  void numberedReportIsAnsweredWithWhatCountsAndAnUnnumberedOneIsNot() throws Exception {
    try (InProcessXds server = new InProcessXds(builder -> builder.listener(listener))) {
      StreamObserver<DiscoveryRequest> requests =
          AggregatedDiscoveryServiceGrpc.newStub(server.channel())
              .streamAggregatedResources(
                  new StreamObserver<>() {
                    @Override
                    public void onNext(DiscoveryResponse response) {
                      responses.add(response);
                    }

                    @Override
                    public void onError(Throwable failure) {}

                    @Override
                    public void onCompleted() {}
                  });
      DiscoveryRequest healthy =
          DiscoveryRequest.newBuilder()
              .setTypeUrl(TYPE)
              .setNode(Node.newBuilder().setId("vm"))
              .build();
      requests.onNext(healthy);
      requests.onNext(
          healthy.toBuilder()
              .setVersionInfo("7")
              .setErrorDetail(Status.newBuilder().setCode(500).setMessage("down"))
              .build());
      DiscoveryResponse answer = responses.poll(10, TimeUnit.SECONDS);
      assertThat(answer)
          .isEqualTo(
              DiscoveryResponse.newBuilder()
                  .setTypeUrl(TYPE)
                  .setNonce("7")
                  .setVersionInfo("9")
                  .setControlPlane(answer.getControlPlane())
                  .build());
      assertThat(heard)
          .containsExactly(new HealthSignal("", true, ""), new HealthSignal("7", false, "down"));
      requests.onCompleted();
    }
  }
}
