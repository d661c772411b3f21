package io.mooring.examples.bookinfo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mooring.examples.bookinfo.account.StepFailedException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;

/**
 * Somebody outside the mesh who looks at the product page: plain HTTP to the address of a VM, so
 * that it comes in through that VM's sidecar.
 */
final class Browser {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Vm productpage;
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(2))
          .build();

  Browser(Vm productpage) {
    this.productpage = productpage;
  }

  /** What came back; status 0 if nothing did. */
  record Reply(int status, String body) {}

  /** Returns the page as people see it. */
  Reply page() throws InterruptedException {
    return get(productpage, "/productpage", Map.of());
  }

  /**
   * Returns what is on the page.
   *
   * @throws StepFailedException if the answer is no 200
   */
  JsonNode product(Map<String, String> headers) throws IOException, InterruptedException {
    Reply reply = get(productpage, "/api/v1/products/0", headers);
    if (reply.status() != 200) {
      throw new StepFailedException("status of the page", reply, "200");
    }
    return JSON.readTree(reply.body());
  }

  /** Sends a GET straight to a VM. */
  Reply get(Vm vm, String path, Map<String, String> headers) throws InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://" + vm.address() + ":" + vm.port() + path))
            .timeout(Duration.ofSeconds(20));
    headers.forEach(request::header);
    try {
      HttpResponse<String> response =
          client.send(request.build(), HttpResponse.BodyHandlers.ofString());
      return new Reply(response.statusCode(), response.body());
    } catch (IOException e) {
      return new Reply(0, e.getClass().getSimpleName() + ": " + e.getMessage());
    }
  }
}
