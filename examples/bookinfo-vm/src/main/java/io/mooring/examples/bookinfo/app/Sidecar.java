package io.mooring.examples.bookinfo.app;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;

/**
 * How a program on a VM calls a service: it connects to the sidecar's address and the service's
 * port, and says in the Host header which service it means. A VM of its own would have the service
 * names in {@code /etc/hosts}, all with the sidecar's address; several VMs of one machine cannot.
 * Thread-safe.
 */
public final class Sidecar {

  private static final int SERVICE_PORT = 9080;

  private final String address;
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  /**
   * Creates a client.
   *
   * @param address IP that the sidecar's outbound listeners are bound to
   */
  public Sidecar(String address) {
    this.address = address;
  }

  /** A response. */
  public record Reply(int status, String body) {}

  /**
   * Sends a GET to a service.
   *
   * @param service e.g. {@code ratings}
   * @throws IOException if there is no answer
   */
  public Reply get(String service, String path, Map<String, String> headers) throws IOException {
    return get(URI.create("http://" + address + ":" + SERVICE_PORT + path), service, headers);
  }

  private Reply get(URI uri, String host, Map<String, String> headers) throws IOException {
    // The JDK lets a program set Host only with -Djdk.httpclient.allowRestrictedHeaders=host.
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(20)).header("host", host);
    headers.forEach(request::header);
    try {
      HttpResponse<String> response =
          client.send(request.build(), HttpResponse.BodyHandlers.ofString());
      return new Reply(response.statusCode(), response.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for " + host, e);
    }
  }
}
