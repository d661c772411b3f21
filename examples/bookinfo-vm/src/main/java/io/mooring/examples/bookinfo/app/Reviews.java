package io.mooring.examples.bookinfo.app;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mooring.examples.bookinfo.app.Application.Answer;
import java.io.IOException;
import java.util.Map;

/**
 * What readers say: {@code /reviews/0}. Version v1 has no stars, v2 has black ones, v3 red ones;
 * they come from ratings, without which the texts still show.
 */
public final class Reviews {

  private static final Map<String, String> COLOUR_BY_VERSION = Map.of("v2", "black", "v3", "red");

  private final String version;
  private final Sidecar sidecar;

  private Reviews(String version, Sidecar sidecar) {
    this.version = version;
    this.sidecar = sidecar;
  }

  /**
   * Starts the program.
   *
   * @param version {@code v1}, {@code v2} or {@code v3}
   * @throws IOException if there is no port
   */
  public static Application start(String version, Sidecar sidecar) throws IOException {
    Reviews reviews = new Reviews(version, sidecar);
    return Application.start("reviews-" + version, Map.of("/reviews/0", reviews::reviews));
  }

  private Answer reviews(Call call) {
    ObjectNode body = Application.JSON.createObjectNode().put("id", "0").put("version", version);
    body.put("calledBy", call.peer().orElse(""));
    JsonNode ratings =
        COLOUR_BY_VERSION.containsKey(version)
            ? ratings(call)
            : Application.JSON.createObjectNode();
    if (ratings.has("calledBy")) {
      body.put("ratingsCalledBy", ratings.path("calledBy").asText());
    }
    ArrayNode texts = body.putArray("reviews");
    add(texts, "Reviewer1", "Shakespeare's slapstick: short, loud and very funny.", ratings);
    add(texts, "Reviewer2", "Two pairs of twins are one pair too many, but I laughed.", ratings);
    return Answer.json(body);
  }

  private void add(ArrayNode texts, String reviewer, String text, JsonNode ratings) {
    ObjectNode review = texts.addObject().put("reviewer", reviewer).put("text", text);
    if (ratings.has("error")) {
      review.putObject("rating").put("error", ratings.path("error").asText());
    } else if (ratings.path("ratings").has(reviewer)) {
      review
          .putObject("rating")
          .put("stars", ratings.path("ratings").path(reviewer).asInt())
          .put("color", COLOUR_BY_VERSION.get(version));
    }
  }

  private JsonNode ratings(Call call) {
    String problem;
    try {
      Sidecar.Reply reply = sidecar.get("ratings", "/ratings/0", call.passedOn());
      if (reply.status() == 200) {
        return Application.JSON.readTree(reply.body());
      }
      problem = "ratings answered " + reply.status();
    } catch (JsonProcessingException e) {
      problem = "ratings answered no JSON";
    } catch (IOException e) {
      problem = "ratings gave no answer";
    }
    return Application.JSON.createObjectNode().put("error", problem);
  }
}
