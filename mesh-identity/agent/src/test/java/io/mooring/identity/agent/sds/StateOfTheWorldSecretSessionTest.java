package io.mooring.identity.agent.sds;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.Status;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StateOfTheWorldSecretSessionTest {

  private static final SecretSet FIRST = SecretSet.of("chain 1", "key 1", Map.of("td", "roots"));
  private static final SecretSet ROTATED = SecretSet.of("chain 2", "key 2", Map.of("td", "roots"));

  private final List<String> rejected = new ArrayList<>();
  private final StateOfTheWorldSecretSession session =
      new StateOfTheWorldSecretSession(
          FIRST, (name, version, why) -> rejected.add(name + "@" + version + " " + why));

  @Test
  void nackIsToldAndNotAnsweredByTheSameBytes() {
    DiscoveryResponse sent = session.onRequest(request("default")).orElseThrow();
    DiscoveryRequest nack =
        answer(sent, "default").toBuilder()
            .setVersionInfo("")
            .setErrorDetail(Status.newBuilder().setMessage("no such key"))
            .build();

    assertThat(session.onRequest(nack)).isEmpty();
    assertThat(session.onSecrets(FIRST)).isEmpty();

    assertThat(rejected).containsExactly("default@" + sent.getVersionInfo() + " no such key");
  }

  @Test
  void messageWithAnOldNonceIsIgnored() {
    DiscoveryResponse first = session.onRequest(request("default")).orElseThrow();
    session.onSecrets(ROTATED);

    assertThat(session.onRequest(answer(first, "default", "ROOTCA"))).isEmpty();
    assertThat(rejected).isEmpty();
  }

  @Test
  void unknownSecretWaitsInSilence() {
    assertThat(session.onRequest(request("other"))).isEmpty();
  }

  @Test
  void ackBringsNothingAndRotationBringsTheNewVersion() {
    DiscoveryResponse first = session.onRequest(request("default")).orElseThrow();
    assertThat(session.onRequest(answer(first, "default"))).isEmpty();

    DiscoveryResponse second = session.onSecrets(ROTATED).orElseThrow();

    assertThat(second.getVersionInfo()).isNotEqualTo(first.getVersionInfo());
    assertThat(second.getNonce()).isNotEqualTo(first.getNonce());
    assertThat(second.getResourcesList()).hasSize(1).isNotEqualTo(first.getResourcesList());
  }

  @Test
  void rotationOfAnotherSecretBringsNothing() {
    session.onRequest(request("ROOTCA"));

    assertThat(session.onSecrets(ROTATED)).isEmpty();
  }

  @Test
  void addingANameBringsBothSecrets() {
    DiscoveryResponse first = session.onRequest(request("default")).orElseThrow();

    DiscoveryResponse both = session.onRequest(answer(first, "default", "ROOTCA")).orElseThrow();

    assertThat(both.getResourcesList()).hasSize(2);
  }

  @Test
  void reconnectIsAnsweredInFull() {
    DiscoveryRequest reconnect = request("default").toBuilder().setVersionInfo("known").build();

    assertThat(session.onRequest(reconnect)).isPresent();
  }

  private static DiscoveryRequest request(String... names) {
    return DiscoveryRequest.newBuilder().addAllResourceNames(List.of(names)).build();
  }

  private static DiscoveryRequest answer(DiscoveryResponse response, String... names) {
    return request(names).toBuilder()
        .setVersionInfo(response.getVersionInfo())
        .setResponseNonce(response.getNonce())
        .build();
  }
}
