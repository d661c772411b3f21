package io.mooring.identity.ca;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mooring.identity.ca.AuthorityState.Phase;
import io.mooring.identity.storage.PrivateDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The file that remembers a {@link Rotation}: replaced as a whole, on disk before it counts. */
final class RotationJournal {

  private static final String FILE = "authorities.json";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final PrivateDirectory directory;

  RotationJournal(PrivateDirectory directory) {
    this.directory = directory;
  }

  Optional<Rotation> read() throws IOException {
    Optional<byte[]> content = directory.read(FILE);
    if (content.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(rotation(JSON.readTree(content.get())));
    } catch (JsonProcessingException | DateTimeException | IllegalArgumentException e) {
      throw new IOException(
          directory.path().resolve(FILE)
              + " is damaged: "
              + e.getMessage()
              + " (expected: as written)",
          e);
    }
  }

  private static Rotation rotation(JsonNode tree) {
    List<AuthorityState> authorities = new ArrayList<>();
    for (JsonNode ca : tree.path("authorities")) {
      authorities.add(
          new AuthorityState(
              ca.path("name").asText(),
              Phase.valueOf(ca.path("phase").asText().toUpperCase(Locale.ROOT)),
              Instant.parse(ca.path("publishedAt").asText()),
              ca.has("signedUntil")
                  ? Optional.of(Instant.parse(ca.path("signedUntil").asText()))
                  : Optional.empty()));
    }
    return new Rotation(tree.path("sequence").asLong(), authorities);
  }

  void write(Rotation rotation) throws IOException {
    ObjectNode tree = JSON.createObjectNode().put("sequence", rotation.sequence());
    ArrayNode authorities = tree.putArray("authorities");
    for (AuthorityState ca : rotation.authorities()) {
      ObjectNode entry =
          authorities
              .addObject()
              .put("name", ca.name())
              .put("phase", ca.phase().name().toLowerCase(Locale.ROOT))
              .put("publishedAt", ca.publishedAt().toString());
      ca.signedUntil().ifPresent(until -> entry.put("signedUntil", until.toString()));
    }
    directory.write(
        FILE, JSON.writeValueAsString(tree).concat("\n").getBytes(StandardCharsets.UTF_8));
  }
}
