package io.mooring.examples.bookinfo.app;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mooring.examples.bookinfo.app.Application.Answer;
import java.io.IOException;
import java.util.Map;

/** Stars for a book: {@code /ratings/0}. */
public final class Ratings {

  private Ratings() {}

  /**
   * Starts the program.
   *
   * @throws IOException if there is no port
   */
  public static Application start() throws IOException {
    return Application.start("ratings", Map.of("/ratings/0", Ratings::ratings));
  }

  private static Answer ratings(Call call) {
    ObjectNode body = Application.JSON.createObjectNode().put("id", 0);
    body.put("calledBy", call.peer().orElse(""));
    body.putObject("ratings").put("Reviewer1", 5).put("Reviewer2", 4);
    return Answer.json(body);
  }
}
