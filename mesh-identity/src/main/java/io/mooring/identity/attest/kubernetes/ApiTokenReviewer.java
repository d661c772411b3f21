package io.mooring.identity.attest.kubernetes;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mooring.identity.attest.RefusalReason;
import io.mooring.identity.attest.RefusedException;
import io.mooring.identity.attest.http.HttpFetcher;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Asks the API server of a cluster about its tokens. Thread-safe.
 *
 * <p>So a token ends with the pod or the account that it is bound to, which no signature tells.
 *
 * @see <a
 *     href="https://kubernetes.io/docs/reference/kubernetes-api/definitions/token-review-v1-authentication">TokenReview</a>
 */
public final class ApiTokenReviewer implements TokenReviewer {

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String REVIEWS = "/apis/authentication.k8s.io/v1/tokenreviews";
  private static final String ACCOUNTS = "system:serviceaccounts";

  private final URI reviews;
  private final HttpFetcher http;
  private final Supplier<String> credential;
  private final String audience;

  /**
   * Creates a reviewer.
   *
   * @param apiServer e.g. {@code https://10.0.0.1:6443}
   * @param http trusts the API server's certificate
   * @param credential returns the bearer token of an account that may create TokenReviews; read
   *     anew for each call, since such tokens end
   * @param audience what tokens must be for, {@code istio-ca} in Istio
   */
  public ApiTokenReviewer(
      URI apiServer, HttpFetcher http, Supplier<String> credential, String audience) {
    this.reviews = apiServer.resolve(REVIEWS);
    this.http = requireNonNull(http, "http");
    this.credential = requireNonNull(credential, "credential");
    this.audience = requireNonNull(audience, "audience");
  }

  @Override
  public ServiceAccount review(String token) {
    JsonNode status;
    try {
      status =
          MAPPER.readTree(http.post(reviews, credential.get(), question(token))).path("status");
    } catch (IOException e) {
      throw new RefusedException(
          RefusalReason.UNAVAILABLE, "token cannot be reviewed: " + e.getMessage(), e);
    }
    if (!status.path("authenticated").asBoolean(false)) {
      throw refused("token is not the cluster's: " + status.path("error"));
    }
    // A server that knows nothing of audiences leaves this out; then the token may be for anybody.
    if (!contains(status.path("audiences"), audience)) {
      throw refused("token is not for audience '" + audience + "'");
    }
    JsonNode user = status.path("user");
    if (!contains(user.path("groups"), ACCOUNTS)) {
      throw refused("user " + user.path("username") + " is no service account");
    }
    return ServiceAccount.of(
        user.path("username").asText(),
        extra(user, "authentication.kubernetes.io/pod-name"),
        extra(user, "authentication.kubernetes.io/pod-uid"));
  }

  private byte[] question(String token) throws IOException {
    ObjectNode review = MAPPER.createObjectNode();
    review.put("apiVersion", "authentication.k8s.io/v1").put("kind", "TokenReview");
    review.putObject("spec").put("token", token).putArray("audiences").add(audience);
    return MAPPER.writeValueAsBytes(review);
  }

  private static boolean contains(JsonNode array, String text) {
    for (JsonNode element : array) {
      if (element.isTextual() && element.textValue().equals(text)) {
        return true;
      }
    }
    return false;
  }

  private static Optional<String> extra(JsonNode user, String name) {
    JsonNode values = user.path("extra").path(name);
    return values.size() == 1 && values.get(0).isTextual()
        ? Optional.of(values.get(0).textValue())
        : Optional.empty();
  }

  private static RefusedException refused(String detail) {
    return new RefusedException(RefusalReason.INVALID_EVIDENCE, detail);
  }
}
