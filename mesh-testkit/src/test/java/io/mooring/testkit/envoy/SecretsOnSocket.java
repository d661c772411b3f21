package io.mooring.testkit.envoy;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.Http2ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.Pipe;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import io.mooring.identity.Pem;
import io.mooring.identity.X509Svid;
import io.mooring.identity.agent.sds.SdsServer;
import io.mooring.identity.agent.sds.SecretSet;
import io.mooring.identity.agent.socket.SocketDirectory;
import io.mooring.identity.ca.CertificateAuthority;
import io.mooring.identity.ca.SvidTemplate;
import io.mooring.identity.ca.WorkloadKey;
import io.mooring.model.spiffe.SpiffeId;
import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.util.Map;

/** What a VM's agent does, for one identity: a certificate of the CA, served on a Unix socket. */
final class SecretsOnSocket implements AutoCloseable {

  private final SocketDirectory directory;
  private final SdsServer server;

  private SecretsOnSocket(SocketDirectory directory, SdsServer server) {
    this.directory = directory;
    this.server = server;
  }

  static SecretsOnSocket start(CertificateAuthority ca, SpiffeId id, String rootsPem)
      throws IOException {
    return start(ca, id, Map.of(id.trustDomain().name(), rootsPem));
  }

  static SecretsOnSocket start(
      CertificateAuthority ca, SpiffeId id, Map<String, String> rootsPemByDomain)
      throws IOException {
    KeyPair keys = WorkloadKey.generate(new SecureRandom());
    X509Svid svid =
        ca.issue(
            SvidTemplate.builder()
                .id(id)
                .publicKey(keys.getPublic())
                .ttl(java.time.Duration.ofHours(1))
                .build());
    SocketDirectory directory =
        SocketDirectory.create(Path.of(System.getProperty("java.io.tmpdir")));
    SecretSet secrets =
        SecretSet.of(
            Pem.encode(svid.chain()),
            Pem.encode("PRIVATE KEY", keys.getPrivate().getEncoded()),
            rootsPemByDomain);
    SdsServer server =
        SdsServer.start(
            directory.sdsSocket(),
            secrets,
            (secret, version, detail) -> {
              throw new AssertionError("Envoy refused " + secret + ": " + detail);
            });
    return new SecretsOnSocket(directory, server);
  }

  /** Returns the bootstrap cluster that leads there. */
  Cluster cluster() {
    HttpProtocolOptions http2 =
        HttpProtocolOptions.newBuilder()
            .setExplicitHttpConfig(
                HttpProtocolOptions.ExplicitHttpConfig.newBuilder()
                    .setHttp2ProtocolOptions(Http2ProtocolOptions.getDefaultInstance()))
            .build();
    Address socket =
        Address.newBuilder().setPipe(Pipe.newBuilder().setPath(server.socket().toString())).build();
    return Cluster.newBuilder()
        .setName("sds-grpc")
        .setType(Cluster.DiscoveryType.STATIC)
        .setConnectTimeout(Duration.newBuilder().setSeconds(1))
        .putTypedExtensionProtocolOptions(
            "envoy.extensions.upstreams.http.v3.HttpProtocolOptions", Any.pack(http2))
        .setLoadAssignment(
            ClusterLoadAssignment.newBuilder()
                .setClusterName("sds-grpc")
                .addEndpoints(
                    LocalityLbEndpoints.newBuilder()
                        .addLbEndpoints(
                            LbEndpoint.newBuilder()
                                .setEndpoint(Endpoint.newBuilder().setAddress(socket)))))
        .build();
  }

  @Override
  public void close() throws IOException {
    server.close();
    directory.close();
  }
}
