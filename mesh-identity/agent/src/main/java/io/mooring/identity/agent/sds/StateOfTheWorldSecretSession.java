package io.mooring.identity.agent.sds;

import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * One state-of-the-world stream: every response has all subscribed secrets. No I/O: each event
 * returns what to send. Confined to the server's thread.
 */
final class StateOfTheWorldSecretSession {

  private static final String TYPE_URL =
      "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret";

  private final SecretRejections rejections;
  private SecretSet secrets;
  private SortedSet<String> subscribed = new TreeSet<>();
  private String sentVersion = "";
  private String sentNonce = "";
  private long nonces;

  StateOfTheWorldSecretSession(SecretSet secrets, SecretRejections rejections) {
    this.secrets = secrets;
    this.rejections = rejections;
  }

  /** Takes a subscription, an ACK or a NACK; a message with an old nonce is stale and ignored. */
  Optional<DiscoveryResponse> onRequest(DiscoveryRequest request) {
    boolean first = sentNonce.isEmpty();
    if (!first && !request.getResponseNonce().equals(sentNonce)) {
      return Optional.empty();
    }
    if (request.hasErrorDetail()) {
      rejections.rejected(
          String.join(",", subscribed), sentVersion, request.getErrorDetail().getMessage());
    }
    SortedSet<String> names = new TreeSet<>(request.getResourceNamesList());
    boolean more = !subscribed.containsAll(names);
    subscribed = names;
    return response(first || more);
  }

  /** Takes a new set; goes out if a subscribed secret changed. */
  Optional<DiscoveryResponse> onSecrets(SecretSet changed) {
    secrets = changed;
    return response(!version().equals(sentVersion));
  }

  private Optional<DiscoveryResponse> response(boolean wanted) {
    List<SecretSet.Entry> entries = entries();
    if (!wanted || entries.isEmpty()) {
      return Optional.empty();
    }
    sentVersion = version();
    sentNonce = Long.toString(++nonces);
    return Optional.of(
        DiscoveryResponse.newBuilder()
            .setTypeUrl(TYPE_URL)
            .setVersionInfo(sentVersion)
            .setNonce(sentNonce)
            .addAllResources(entries.stream().map(SecretSet.Entry::resource).toList())
            .build());
  }

  private List<SecretSet.Entry> entries() {
    return secrets.entriesByName().values().stream()
        .filter(entry -> subscribed.contains(entry.name()))
        .toList();
  }

  private String version() {
    return entries().stream().map(SecretSet.Entry::version).collect(Collectors.joining("-"));
  }
}
