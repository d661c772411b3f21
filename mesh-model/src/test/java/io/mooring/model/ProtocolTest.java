package io.mooring.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProtocolTest {

  @ParameterizedTest
  @CsvSource({
    "HTTP, HTTP",
    "http2, HTTP2",
    "Http_Proxy, HTTP_PROXY",
    "grpc, GRPC",
    "GRPC-Web, GRPC_WEB",
    "https, HTTPS",
    "tls, TLS",
    "tcp, TCP",
    "udp, UDP",
    "mongo, MONGO",
    "redis, REDIS",
    "mysql, MYSQL",
    "'', AUTO",
    "quic, AUTO",
    "grpc_web, AUTO"
  })
  void caseOfTheNameDoesNotMatter(String name, Protocol expected) {
    assertThat(Protocol.parse(name)).isEqualTo(expected);
  }

  @Test
  void familiesDoNotOverlap() {
    assertThat(EnumSet.allOf(Protocol.class))
        .filteredOn(Protocol::isHttp)
        .containsExactly(
            Protocol.HTTP, Protocol.HTTP2, Protocol.HTTP_PROXY, Protocol.GRPC, Protocol.GRPC_WEB);
    assertThat(EnumSet.allOf(Protocol.class))
        .filteredOn(Protocol::isHttp2)
        .containsExactly(Protocol.HTTP2, Protocol.GRPC, Protocol.GRPC_WEB);
    assertThat(EnumSet.allOf(Protocol.class))
        .filteredOn(Protocol::isTls)
        .containsExactly(Protocol.HTTPS, Protocol.TLS);
  }
}
