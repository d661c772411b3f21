package io.mooring.examples.bookinfo.app;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mooring.examples.bookinfo.app.Application.Answer;
import java.io.IOException;
import java.util.Map;

/** What is printed in a book: {@code /details/0}. */
public final class Details {

  private Details() {}

  /**
   * Starts the program.
   *
   * @throws IOException if there is no port
   */
  public static Application start() throws IOException {
    return Application.start("details", Map.of("/details/0", Details::details));
  }

  private static Answer details(Call call) {
    ObjectNode body = Application.JSON.createObjectNode().put("id", 0);
    body.put("calledBy", call.peer().orElse(""));
    body.put("author", "William Shakespeare").put("year", 1595).put("pages", 200);
    return Answer.json(body);
  }
}
