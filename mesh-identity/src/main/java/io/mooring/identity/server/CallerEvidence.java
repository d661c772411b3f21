package io.mooring.identity.server;

import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * What came with a call beside its message. Immutable; the credential shows in no text.
 *
 * @param bearer the bearer credential
 * @param chain the client certificate of the connection, leaf first; empty where there is none
 * @param peer the caller's IP
 */
record CallerEvidence(Optional<String> bearer, List<X509Certificate> chain, String peer) {

  private static final Context.Key<CallerEvidence> KEY = Context.key("caller-evidence");
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
  private static final int MAX_BEARER = 4096; // tokens of Istio's agents have about 1,500
  private static final Pattern BEARER =
      Pattern.compile("bearer +(\\S{1," + MAX_BEARER + "})", Pattern.CASE_INSENSITIVE);

  static CallerEvidence current() {
    CallerEvidence evidence = KEY.get();
    return evidence == null ? new CallerEvidence(Optional.empty(), List.of(), "-") : evidence;
  }

  /** Returns the interceptor that makes {@link #current} work in the handler of the call. */
  static ServerInterceptor interceptor() {
    return new ServerInterceptor() {
      @Override
      public <Q, R> ServerCall.Listener<Q> interceptCall(
          ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        Context context = Context.current().withValue(KEY, of(call.getAttributes(), headers));
        return Contexts.interceptCall(context, call, headers, next);
      }
    };
  }

  private static CallerEvidence of(Attributes connection, Metadata headers) {
    return new CallerEvidence(
        bearer(headers),
        chain(connection.get(Grpc.TRANSPORT_ATTR_SSL_SESSION)),
        address(connection.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR)));
  }

  private static Optional<String> bearer(Metadata headers) {
    List<String> credentials = new ArrayList<>();
    Iterable<String> values = headers.getAll(AUTHORIZATION);
    for (String value : values == null ? List.<String>of() : values) {
      Matcher bearer = BEARER.matcher(value);
      credentials.add(bearer.matches() ? bearer.group(1) : "");
    }
    // Of two headers neither counts; the empty credential is refused as malformed.
    return credentials.size() > 1 ? Optional.of("") : credentials.stream().findFirst();
  }

  private static List<X509Certificate> chain(@Nullable SSLSession session) {
    List<X509Certificate> chain = new ArrayList<>();
    try {
      for (Certificate certificate :
          session == null ? new Certificate[0] : session.getPeerCertificates()) {
        chain.add((X509Certificate) certificate);
      }
    } catch (SSLPeerUnverifiedException e) {
      return List.of(); // the client showed none: it may still have a token
    }
    return List.copyOf(chain);
  }

  private static String address(@Nullable SocketAddress address) {
    return address instanceof InetSocketAddress inet && inet.getAddress() != null
        ? inet.getAddress().getHostAddress()
        : "-";
  }

  @Override
  public String toString() {
    return "CallerEvidence[peer=" + peer + ", certificates=" + chain.size() + "]";
  }
}
