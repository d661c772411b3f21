package io.mooring.examples.bookinfo.app;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mooring.examples.bookinfo.app.Application.Answer;
import java.io.IOException;
import java.util.Map;

/**
 * The page that people see: {@code /productpage}, and what is on it as JSON: {@code
 * /api/v1/products/0}. Each part that cannot be had says so in its place.
 */
public final class Productpage {

  private final Sidecar sidecar;

  private Productpage(Sidecar sidecar) {
    this.sidecar = sidecar;
  }

  /**
   * Starts the program.
   *
   * @throws IOException if there is no port
   */
  public static Application start(Sidecar sidecar) throws IOException {
    Productpage page = new Productpage(sidecar);
    return Application.start(
        "productpage", Map.of("/productpage", page::html, "/api/v1/products/0", page::json));
  }

  private Answer json(Call call) {
    return Answer.json(product(call));
  }

  private ObjectNode product(Call call) {
    ObjectNode product = Application.JSON.createObjectNode();
    product.put("id", 0).put("title", "The Comedy of Errors");
    product.set("details", part("details", call));
    product.set("reviews", part("reviews", call));
    return product;
  }

  private JsonNode part(String service, Call call) {
    String problem;
    try {
      Sidecar.Reply reply = sidecar.get(service, "/" + service + "/0", call.passedOn());
      if (reply.status() == 200) {
        return Application.JSON.readTree(reply.body());
      }
      problem = service + " answered " + reply.status();
    } catch (JsonProcessingException e) {
      problem = service + " answered no JSON";
    } catch (IOException e) {
      problem = service + " gave no answer";
    }
    return Application.JSON.createObjectNode().put("error", problem);
  }

  private Answer html(Call call) {
    JsonNode product = product(call);
    JsonNode details = product.path("details");
    StringBuilder page = new StringBuilder("<!doctype html>\n<title>Bookinfo</title>\n");
    page.append("<h1>").append(product.path("title").asText()).append("</h1>\n<p>");
    page.append(
        details.has("error")
            ? "Details are not available: " + details.path("error").asText()
            : "By " + details.path("author").asText() + ", " + details.path("pages") + " pages");
    page.append("</p>\n");
    JsonNode reviews = product.path("reviews");
    if (reviews.has("error")) {
      page.append("<p>Reviews are not available: ").append(reviews.path("error").asText());
      page.append("</p>\n");
    }
    for (JsonNode review : reviews.path("reviews")) {
      page.append("<blockquote>").append(review.path("text").asText());
      page.append(" <small>").append(review.path("reviewer").asText()).append("</small> ");
      page.append(stars(review.path("rating"))).append("</blockquote>\n");
    }
    return Answer.html(page.toString());
  }

  private static String stars(JsonNode rating) {
    if (rating.has("error")) {
      return "<i>Ratings are not available: " + rating.path("error").asText() + "</i>";
    }
    return rating.has("stars")
        ? "<font color=\"%s\">%s</font>"
            .formatted(rating.path("color").asText(), "\u2605".repeat(rating.path("stars").asInt()))
        : "";
  }
}
