package io.mooring.identity.agent.svid;

import static java.util.Objects.requireNonNull;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import io.grpc.stub.MetadataUtils;
import io.mooring.identity.TrustBundle;
import io.mooring.identity.agent.svid.CertificateRequestException.Reason;
import io.mooring.identity.api.IstioCertificateRequest;
import io.mooring.identity.api.IstioCertificateServiceGrpc;
import io.mooring.identity.bootstrap.ControlPlane;
import io.mooring.model.spiffe.SpiffeId;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLException;

/**
 * Asks the control plane for certificates: {@code IstioCertificateService/CreateCertificate} over
 * TLS. Thread-safe; each request has a connection of its own, which ends with it.
 */
public final class CertificateClient {

  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private final ControlPlane controlPlane;
  private final SpiffeId identity;
  private final TrustBundle bundleRoots;
  private final InstantSource clock;

  /**
   * Creates a client.
   *
   * @param controlPlane where to ask, and who must answer
   * @param identity the only identity that may be issued to us
   * @param bundleRoots the roots of the bootstrap bundle
   * @param clock decides which certificates are valid
   */
  public CertificateClient(
      ControlPlane controlPlane, SpiffeId identity, TrustBundle bundleRoots, InstantSource clock) {
    this.controlPlane = requireNonNull(controlPlane, "controlPlane");
    this.identity = requireNonNull(identity, "identity");
    this.bundleRoots = requireNonNull(bundleRoots, "bundleRoots");
    this.clock = requireNonNull(clock, "clock");
  }

  /**
   * Returns the credentials that a join token buys. Blocks for up to {@code timeout}.
   *
   * @throws CertificateRequestException if there is no certificate, with the reason
   */
  public Credentials join(String token, KeyPair key, Duration timeout) {
    Metadata headers = new Metadata();
    headers.put(AUTHORIZATION, "Bearer " + token);
    return exchange(key, bundleRoots, timeout, tls -> tls, headers);
  }

  /**
   * Returns new credentials in exchange for {@code current}, which prove who we are. Blocks for up
   * to {@code timeout}.
   *
   * @throws CertificateRequestException if there is no certificate, with the reason
   */
  public Credentials renew(Credentials current, KeyPair key, Duration timeout) {
    Set<X509Certificate> trusted = new LinkedHashSet<>(current.roots().roots());
    trusted.addAll(bundleRoots.roots());
    X509Certificate[] chain = current.svid().chain().toArray(X509Certificate[]::new);
    return exchange(
        key,
        new TrustBundle(bundleRoots.trustDomain(), List.copyOf(trusted)),
        timeout,
        tls -> tls.keyManager(current.key(), chain),
        new Metadata());
  }

  private Credentials exchange(
      KeyPair key,
      TrustBundle trusted,
      Duration timeout,
      UnaryOperator<SslContextBuilder> clientIdentity,
      Metadata headers) {
    EventLoopGroup loop =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("mooring-agent-client", true), NioIoHandler.newFactory());
    ManagedChannel channel = null;
    try {
      channel = channel(loop, trusted, clientIdentity);
      List<String> chain =
          IstioCertificateServiceGrpc.newBlockingStub(channel)
              .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
              .withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS)
              .createCertificate(
                  IstioCertificateRequest.newBuilder()
                      .setCsr(SvidRequest.pem(key, identity))
                      .build())
              .getCertChainList();
      return IssuedReply.check(chain, key, identity, trusted, clock);
    } catch (StatusRuntimeException e) {
      throw failure(e);
    } catch (UntrustedChainException e) {
      throw new CertificateRequestException(
          Reason.UNTRUSTED, "issued certificate is refused: " + e.getMessage(), e);
    } finally {
      if (channel != null) {
        channel.shutdownNow();
      }
      loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  private ManagedChannel channel(
      EventLoopGroup loop, TrustBundle trusted, UnaryOperator<SslContextBuilder> clientIdentity) {
    SslContextBuilder tls =
        GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK)
            .trustManager(new ServerIdentityTrust(controlPlane.id(), trusted, clock));
    try {
      return NettyChannelBuilder.forTarget("dns:///" + controlPlane.authority())
          .eventLoopGroup(loop)
          .channelType(NioSocketChannel.class)
          .sslContext(clientIdentity.apply(tls).build())
          .directExecutor()
          .build();
    } catch (SSLException e) {
      throw new IllegalStateException("TLS client cannot be set up", e);
    }
  }

  private CertificateRequestException failure(StatusRuntimeException e) {
    UntrustedChainException untrusted = UntrustedChainException.in(e);
    if (untrusted != null) {
      return new CertificateRequestException(
          Reason.UNTRUSTED,
          "control plane " + controlPlane.authority() + " is refused: " + untrusted.getMessage(),
          e);
    }
    Status status = e.getStatus();
    String said = controlPlane.authority() + " said " + status.getCode() + ": " + text(status);
    return switch (status.getCode()) {
      case UNAUTHENTICATED, PERMISSION_DENIED, INVALID_ARGUMENT, UNIMPLEMENTED ->
          new CertificateRequestException(Reason.REFUSED, said, e);
      default -> new CertificateRequestException(Reason.UNAVAILABLE, said, e);
    };
  }

  /** The description of a connection failure alone does not say what failed: the cause does. */
  private static String text(Status status) {
    String description = String.valueOf(status.getDescription());
    Throwable cause = status.getCause();
    return cause == null ? description : description + " (" + cause.getMessage() + ")";
  }
}
