package io.mooring.examples.embedding;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsServer;
import io.mooring.identity.agent.VmAgent;
import io.mooring.model.spiffe.SpiffeId;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;

/**
 * A Java program that is a member of the mesh by itself, without Envoy: it embeds the agent, serves
 * HTTPS with its SVID and calls others with it. Certificates are renewed under way; neither the
 * server nor the client is ever made anew.
 */
final class MutualTlsVm implements AutoCloseable {

  private final VmAgent agent;
  private final HttpsServer server;
  private final ExecutorService threads;
  private final HttpClient client;

  private MutualTlsVm(
      VmAgent agent, HttpsServer server, ExecutorService threads, HttpClient client) {
    this.agent = agent;
    this.server = server;
    this.threads = threads;
    this.client = client;
  }

  /**
   * Joins the mesh with a bundle, and answers every request with the caller's certificate number.
   *
   * @param peers whom to talk to, as server and as client
   */
  static MutualTlsVm start(Path bundle, Path state, Predicate<SpiffeId> peers) throws IOException {
    VmAgent agent = VmAgent.builder().bundle(bundle).state(state).start();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(agent.sslContext(peers))); // mutual
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          X509Certificate caller =
              (X509Certificate) ((HttpsExchange) exchange).getSSLSession().getPeerCertificates()[0];
          byte[] body = caller.getSerialNumber().toString().getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Connection", "close"); // the next one is verified anew
          exchange.sendResponseHeaders(200, body.length);
          try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
          }
        });
    server.start();
    HttpClient client = HttpClient.newBuilder().sslContext(agent.sslContext(peers)).build();
    return new MutualTlsVm(agent, server, threads, client);
  }

  SpiffeId id() {
    return agent.spiffeId();
  }

  /** Returns what {@code other} answers: the number of the certificate that we showed. */
  String call(MutualTlsVm other) throws IOException, InterruptedException {
    URI uri = URI.create("https://localhost:" + other.server.getAddress().getPort() + "/");
    return client
        .send(
            HttpRequest.newBuilder(uri).version(HttpClient.Version.HTTP_1_1).build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
    agent.close();
  }
}
