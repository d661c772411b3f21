package io.mooring.controlplane.admin;

import java.util.Map;

/** One page: from the query to what is shown. Called on the admin threads. */
@FunctionalInterface
public interface AdminPage {

  /** Returns the page; a name in the query that is unknown is {@link Reply#notFound}. */
  Reply get(Map<String, String> query);

  /**
   * What a page answers.
   *
   * @param status HTTP status
   * @param contentType media type with charset
   * @param body text
   */
  record Reply(int status, String contentType, String body) {

    /** Returns a JSON page. */
    public static Reply json(String body) {
      return new Reply(200, "application/json; charset=utf-8", body);
    }

    /** Returns a plain text page. */
    public static Reply text(int status, String body) {
      return new Reply(status, "text/plain; charset=utf-8", body);
    }

    /** Returns that there is no such thing. */
    public static Reply notFound(String what) {
      return text(404, what + " not found\n");
    }
  }
}
