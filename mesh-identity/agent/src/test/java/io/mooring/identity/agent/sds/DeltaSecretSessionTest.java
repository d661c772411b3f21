package io.mooring.identity.agent.sds;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.Status;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DeltaSecretSessionTest {

  private static final SecretSet FIRST = SecretSet.of("chain 1", "key 1", Map.of("td", "roots"));
  private static final SecretSet ROTATED = SecretSet.of("chain 2", "key 2", Map.of("td", "roots"));

  private final List<String> rejected = new ArrayList<>();
  private final DeltaSecretSession session =
      new DeltaSecretSession(FIRST, (name, version, why) -> rejected.add(name + " " + why));

  @Test
  void nackOfOneSecretIsToldOnceAndNotAnsweredByTheSameBytes() {
    DeltaDiscoveryResponse sent = session.onRequest(subscribe("default")).orElseThrow();
    DeltaDiscoveryRequest nack =
        DeltaDiscoveryRequest.newBuilder()
            .setResponseNonce(sent.getNonce())
            .setErrorDetail(Status.newBuilder().setMessage("KEY_VALUES_MISMATCH"))
            .build();

    assertThat(session.onRequest(nack)).isEmpty();
    assertThat(session.onRequest(nack)).isEmpty();
    assertThat(session.onSecrets(FIRST)).isEmpty();

    assertThat(rejected).containsExactly("default KEY_VALUES_MISMATCH");
    assertThat(session.onSecrets(ROTATED)).isPresent();
  }

  @Test
  void unknownSecretIsAnsweredAsRemovedSoThatEnvoyNeedNotWait() {
    DeltaDiscoveryResponse response = session.onRequest(subscribe("other")).orElseThrow();

    assertThat(response.getResourcesList()).isEmpty();
    assertThat(response.getRemovedResourcesList()).containsExactly("other");
  }

  @Test
  void subscriptionBringsTheSecretAndAckBringsNothing() {
    DeltaDiscoveryResponse response = session.onRequest(subscribe("ROOTCA")).orElseThrow();

    assertThat(names(response)).containsExactly("ROOTCA");
    assertThat(session.onRequest(ack(response))).isEmpty();
    assertThat(rejected).isEmpty();
  }

  @Test
  void rotationSendsOnlyWhatChangedAndIsSubscribed() {
    session.onRequest(subscribe("default", "ROOTCA"));

    assertThat(names(session.onSecrets(ROTATED).orElseThrow())).containsExactly("default");
    assertThat(session.onSecrets(ROTATED)).isEmpty();
  }

  @Test
  void unsubscribedSecretIsNoLongerPushed() {
    session.onRequest(subscribe("default"));
    session.onRequest(
        DeltaDiscoveryRequest.newBuilder().addResourceNamesUnsubscribe("default").build());

    assertThat(session.onSecrets(ROTATED)).isEmpty();
  }

  @Test
  void reconnectWithTheCurrentVersionIsNotAnswered() {
    Resource known = session.onRequest(subscribe("default")).orElseThrow().getResources(0);
    DeltaDiscoveryRequest reconnect =
        subscribe("default").toBuilder()
            .putInitialResourceVersions("default", known.getVersion())
            .build();

    DeltaSecretSession sameSecrets = new DeltaSecretSession(FIRST, (n, v, w) -> {});
    DeltaSecretSession newSecrets = new DeltaSecretSession(ROTATED, (n, v, w) -> {});

    assertThat(sameSecrets.onRequest(reconnect)).isEmpty();
    assertThat(names(newSecrets.onRequest(reconnect).orElseThrow())).containsExactly("default");
  }

  @Test
  void askingAgainForASecretSendsItAgain() {
    session.onRequest(subscribe("default"));

    assertThat(names(session.onRequest(subscribe("default")).orElseThrow()))
        .containsExactly("default");
  }

  private static DeltaDiscoveryRequest subscribe(String... names) {
    return DeltaDiscoveryRequest.newBuilder().addAllResourceNamesSubscribe(List.of(names)).build();
  }

  private static DeltaDiscoveryRequest ack(DeltaDiscoveryResponse response) {
    return DeltaDiscoveryRequest.newBuilder().setResponseNonce(response.getNonce()).build();
  }

  private static List<String> names(DeltaDiscoveryResponse response) {
    return response.getResourcesList().stream().map(Resource::getName).toList();
  }
}
