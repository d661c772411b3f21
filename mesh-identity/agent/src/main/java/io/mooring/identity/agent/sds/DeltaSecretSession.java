package io.mooring.identity.agent.sds;

import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * One delta stream: what it subscribed to and which versions it has. No I/O: each event returns
 * what to send. Confined to the server's thread.
 */
final class DeltaSecretSession {

  private static final String TYPE_URL =
      "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret";
  private static final String ABSENT = ""; // told that there is none

  private final SecretRejections rejections;
  private final SortedSet<String> subscribed = new TreeSet<>();
  private final Map<String, String> sentVersionsByName = new TreeMap<>();
  private final Map<String, Map<String, String>> openVersionsByNonce = new HashMap<>();
  private SecretSet secrets;
  private long nonces;

  DeltaSecretSession(SecretSet secrets, SecretRejections rejections) {
    this.secrets = secrets;
    this.rejections = rejections;
  }

  /** Takes a subscription, an ACK or a NACK; they may come in one message. */
  Optional<DeltaDiscoveryResponse> onRequest(DeltaDiscoveryRequest request) {
    answer(request);
    request
        .getInitialResourceVersionsMap()
        .forEach((name, version) -> sentVersionsByName.putIfAbsent(name, version));
    for (String name : request.getResourceNamesSubscribeList()) {
      if (!subscribed.add(name)) {
        sentVersionsByName.remove(name); // asking again means: send it again
      }
    }
    for (String name : request.getResourceNamesUnsubscribeList()) {
      subscribed.remove(name);
      sentVersionsByName.remove(name);
    }
    return whatIsNew();
  }

  /** Takes a new set; only secrets that changed and are subscribed go out. */
  Optional<DeltaDiscoveryResponse> onSecrets(SecretSet changed) {
    secrets = changed;
    return whatIsNew();
  }

  private void answer(DeltaDiscoveryRequest request) {
    Map<String, String> versionsByName = openVersionsByNonce.remove(request.getResponseNonce());
    if (versionsByName != null && request.hasErrorDetail()) {
      versionsByName.forEach(
          (name, version) ->
              rejections.rejected(name, version, request.getErrorDetail().getMessage()));
    }
  }

  private Optional<DeltaDiscoveryResponse> whatIsNew() {
    DeltaDiscoveryResponse.Builder response =
        DeltaDiscoveryResponse.newBuilder().setTypeUrl(TYPE_URL);
    Map<String, String> versionsByName = new TreeMap<>();
    for (String name : subscribed) {
      SecretSet.Entry entry = secrets.get(name);
      String version = entry == null ? ABSENT : entry.version();
      if (version.equals(sentVersionsByName.put(name, version))) {
        continue;
      }
      if (entry == null) {
        response.addRemovedResources(name);
      } else {
        response.addResources(
            Resource.newBuilder().setName(name).setVersion(version).setResource(entry.resource()));
        versionsByName.put(name, version);
      }
    }
    if (response.getResourcesCount() == 0 && response.getRemovedResourcesCount() == 0) {
      return Optional.empty();
    }
    String nonce = Long.toString(++nonces);
    openVersionsByNonce.put(nonce, versionsByName);
    return Optional.of(response.setNonce(nonce).build());
  }
}
