package io.mooring.registry.file;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mooring.registry.Versioned;
import io.mooring.registry.VirtualIpStore;
import io.mooring.registry.VirtualIpTable;
import io.mooring.registry.VirtualIpTable.Lease;
import io.mooring.service.IpAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Virtual IPs in one JSON file: a reader, now or after a crash, finds the old or the new version
 * whole. The file is its owner's alone. Thread-safe. One process at a time may have the file: the
 * caller holds a lock on its directory.
 */
public final class FileVirtualIpStore implements VirtualIpStore {

  private static final Logger LOG = LoggerFactory.getLogger(FileVirtualIpStore.class);
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private final Path file;
  private @Nullable Versioned<VirtualIpTable> known;

  /** Creates the store; nothing is read or written yet. */
  public FileVirtualIpStore(Path file) {
    this.file = requireNonNull(file, "file");
  }

  /**
   * Returns what the file holds. A file that is no table is set aside under a name that ends in
   * {@code .corrupt}: then hosts get the addresses that follow from their names.
   */
  @Override
  public synchronized Versioned<VirtualIpTable> load() {
    if (known == null) {
      known = new Versioned<>(read(), "0");
    }
    return known;
  }

  private VirtualIpTable read() {
    try {
      return Files.exists(file) ? parse(Files.readString(file)) : VirtualIpTable.EMPTY;
    } catch (JsonProcessingException | IllegalArgumentException | DateTimeParseException e) {
      Path aside = file.resolveSibling(file.getFileName() + ".corrupt");
      LOG.warn(
          "event=virtual_ips_corrupt file=\"{}\" kept_as=\"{}\" reason=\"{}\" hint=\"hosts get new"
              + " virtual IPs; clients keep the old ones until their DNS answers expire\"",
          file,
          aside,
          e.toString());
      move(file, aside);
      return VirtualIpTable.EMPTY;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public synchronized Optional<Versioned<VirtualIpTable>> save(
      VirtualIpTable table, String expectedVersion) {
    long version = Long.parseLong(load().version());
    if (!expectedVersion.equals(Long.toString(version))) {
      return Optional.empty();
    }
    write(print(table));
    Versioned<VirtualIpTable> saved = new Versioned<>(table, Long.toString(version + 1));
    known = saved;
    return Optional.of(saved);
  }

  private void write(String text) {
    Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
    try {
      Files.deleteIfExists(temporary);
      try (FileChannel channel =
          FileChannel.open(
              temporary,
              EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              EntryFiles.ownerOnly(temporary, "rw-------"))) {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      move(temporary, file);
    } catch (IOException e) {
      throw new UncheckedIOException("virtual IPs cannot be stored in " + file, e);
    }
  }

  private static void move(Path from, Path to) {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String print(VirtualIpTable table) {
    ObjectNode hosts = JSON.createObjectNode();
    table
        .leasesByHost()
        .forEach(
            (host, lease) -> {
              ObjectNode json = hosts.putObject(host);
              ArrayNode addresses = json.putArray("addresses");
              lease.addresses().forEach(addresses::add);
              lease.released().ifPresent(since -> json.put("released", since.toString()));
            });
    try {
      return JSON.writeValueAsString(hosts);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a JSON tree cannot be printed", e);
    }
  }

  private static VirtualIpTable parse(String text) throws JsonProcessingException {
    JsonNode hosts = JSON.readTree(text);
    if (!hosts.isObject()) {
      throw new IllegalArgumentException("root: " + hosts.getNodeType() + " (expected: OBJECT)");
    }
    Map<String, Lease> leasesByHost = new TreeMap<>();
    for (Map.Entry<String, JsonNode> host : hosts.properties()) {
      leasesByHost.put(host.getKey(), lease(host.getKey(), host.getValue()));
    }
    return VirtualIpTable.of(leasesByHost);
  }

  private static Lease lease(String host, JsonNode json) {
    List<String> addresses = new ArrayList<>();
    for (JsonNode address : json.path("addresses")) {
      if (!IpAddress.isIp(address.asText())) {
        throw new IllegalArgumentException(
            host + ": addresses: '" + address.asText() + "' (expected: an IP)");
      }
      addresses.add(address.asText());
    }
    String released = json.path("released").asText();
    return new Lease(
        addresses, released.isEmpty() ? Optional.empty() : Optional.of(Instant.parse(released)));
  }
}
