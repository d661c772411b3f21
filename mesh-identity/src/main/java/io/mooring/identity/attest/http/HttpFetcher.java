package io.mooring.identity.attest.http;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Reads documents over HTTP with everything bounded: 5 seconds, one mebibyte, no redirects, and no
 * address of a private network. Thread-safe.
 */
public final class HttpFetcher implements DocumentFetcher {

  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final int MAX_BYTES = 1 << 20; // Google's and Azure's key sets have under 10 KiB

  private final HttpClient client;
  private final Set<String> schemes;
  private final boolean privateNetworks;

  private HttpFetcher(HttpClient client, Set<String> schemes, boolean privateNetworks) {
    this.client = requireNonNull(client, "client");
    this.schemes = schemes;
    this.privateNetworks = privateNetworks;
    if (client.followRedirects() != HttpClient.Redirect.NEVER) {
      throw new IllegalArgumentException(
          "HTTP client follows redirects: " + client.followRedirects() + " (expected: NEVER)");
    }
  }

  /** Returns a fetcher for public addresses, by HTTPS and the JDK's trust store. */
  public static HttpFetcher ofPublicHttps() {
    return new HttpFetcher(client(), Set.of("https"), false);
  }

  /**
   * Returns a fetcher for public addresses that also takes plain HTTP: for what is signed by
   * itself, such as the intermediate certificates of a public CA.
   */
  public static HttpFetcher ofPublicHttp() {
    return new HttpFetcher(client(), Set.of("http", "https"), false);
  }

  /**
   * Returns a fetcher that reaches everything, e.g. an issuer inside the company's network.
   *
   * @param client with the TLS trust that the addresses need; must not follow redirects
   */
  public static HttpFetcher ofAnyAddress(HttpClient client) {
    return new HttpFetcher(client, Set.of("http", "https"), true);
  }

  private static HttpClient client() {
    return HttpClient.newBuilder()
        .connectTimeout(TIMEOUT)
        .followRedirects(HttpClient.Redirect.NEVER)
        .build();
  }

  @Override
  public byte[] fetch(URI address) throws IOException {
    check(address);
    return exchange(address, HttpRequest.newBuilder(address).GET());
  }

  /**
   * Returns the answer to a JSON document.
   *
   * @param bearer the credential for {@code address}; in no message
   * @throws IOException if there is no answer of status 200 or 201
   */
  public byte[] post(URI address, String bearer, byte[] json) throws IOException {
    check(address);
    return exchange(
        address,
        HttpRequest.newBuilder(address)
            .header("Authorization", "Bearer " + bearer)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(json)));
  }

  private byte[] exchange(URI address, HttpRequest.Builder request) throws IOException {
    HttpResponse<byte[]> response =
        await(
            address,
            client.sendAsync(request.timeout(TIMEOUT).build(), info -> new BoundedBody(MAX_BYTES)));
    if (response.statusCode() != 200 && response.statusCode() != 201) {
      throw new IOException(address + " answered " + response.statusCode() + " (expected: 200)");
    }
    return response.body();
  }

  private void check(URI address) throws IOException {
    if (address.getScheme() == null
        || !schemes.contains(address.getScheme())
        || address.getHost() == null
        || address.getUserInfo() != null) {
      throw new IOException(
          "address '" + address + "' (expected: " + schemes + " and a host, no user)");
    }
    if (privateNetworks) {
      return;
    }
    for (InetAddress resolved : InetAddress.getAllByName(address.getHost())) {
      if (resolved.isAnyLocalAddress()
          || resolved.isLoopbackAddress()
          || resolved.isLinkLocalAddress()
          || resolved.isSiteLocalAddress()
          || resolved.isMulticastAddress()
          || isInternal(resolved.getAddress())) {
        throw new IOException(
            "address '" + address + "' is in a private network (expected: a public one)");
      }
    }
  }

  /** What the JDK has no name for; two clouds have their metadata services at such addresses. */
  private static boolean isInternal(byte[] address) {
    int first = address[0] & 0xff;
    int second = address[1] & 0xff;
    return address.length == 16
        ? (first & 0xfe) == 0xfc // RFC 4193, unique local
        : (first == 100 && (second & 0xc0) == 64) // RFC 6598, between providers and customers
            || (first == 192 && second == 0 && address[2] == 0); // RFC 6890, of protocols
  }

  private static HttpResponse<byte[]> await(
      URI address, CompletableFuture<HttpResponse<byte[]>> response) throws IOException {
    try {
      // The request's own timeout ends with the headers.
      return response.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      response.cancel(true);
      throw new IOException(address + " did not answer within " + TIMEOUT, e);
    } catch (ExecutionException e) {
      throw new IOException(address + " cannot be read: " + e.getCause(), e);
    } catch (InterruptedException e) {
      response.cancel(true);
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while reading " + address);
    }
  }
}
