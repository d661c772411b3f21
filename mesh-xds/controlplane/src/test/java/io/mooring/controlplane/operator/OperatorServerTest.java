package io.mooring.controlplane.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("try") // servers are open for the sake of it
class OperatorServerTest {

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  @TempDir private Path data;

  private static ObjectNode echo(JsonNode request) {
    return JSON.objectNode().set("you said", request);
  }

  @Test
  void withoutAControlPlaneTheCallerLearnsHowToStartOne() {
    assertThatThrownBy(() -> OperatorClient.call(data, JSON.objectNode()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(data.toString())
        .hasMessageContaining("serve");
  }

  @Test
  void refusalReachesTheCallerAsItsReason() throws IOException {
    try (OperatorServer server =
        OperatorServer.start(
            data,
            request -> {
              throw new IllegalArgumentException("group 'x' is unknown");
            })) {
      assertThatThrownBy(() -> OperatorClient.call(data, JSON.objectNode()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("group 'x' is unknown");
    }
  }

  @Test
  void failureOfTheHandlerIsToldWithoutItsDetailsAndTheNextCallIsServed() throws IOException {
    try (OperatorServer server =
        OperatorServer.start(
            data,
            request -> {
              if (request.has("break")) {
                throw new IllegalStateException("secret");
              }
              return echo(request);
            })) {
      assertThatThrownBy(() -> OperatorClient.call(data, JSON.objectNode().put("break", true)))
          .hasMessageNotContaining("secret");
      assertThat(OperatorClient.call(data, JSON.objectNode().put("a", 1)).at("/you said/a").asInt())
          .isEqualTo(1);
    }
  }

  @Test
  void socketIsForItsOwnerAloneAndGoesWithTheServer() throws IOException {
    Path socket = data.resolve("operator.sock");
    try (OperatorServer server = OperatorServer.start(data, OperatorServerTest::echo)) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
          .isEqualTo("rw-------");
    }
    assertThat(socket).doesNotExist();
  }

  @Test
  void staleSocketIsReplaced() throws IOException {
    Files.writeString(data.resolve("operator.sock"), "left by kill -9");
    try (OperatorServer server = OperatorServer.start(data, OperatorServerTest::echo)) {
      assertThat(OperatorClient.call(data, JSON.objectNode()).has("you said")).isTrue();
    }
  }

  @Test
  void dataDirectoryWithALongPathStillHasASocket() throws IOException {
    Path deep = Files.createDirectories(data.resolve("d".repeat(100)).resolve("e".repeat(100)));
    Path link = deep.resolve("operator.sock");
    try (OperatorServer server = OperatorServer.start(deep, OperatorServerTest::echo)) {
      assertThat(OperatorClient.call(deep, JSON.objectNode()).has("you said")).isTrue();
      assertThat(link).isSymbolicLink();
    }
    assertThat(Files.exists(link, LinkOption.NOFOLLOW_LINKS)).isFalse();
  }
}
