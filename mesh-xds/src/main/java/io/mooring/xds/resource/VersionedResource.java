package io.mooring.xds.resource;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.Any;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.Status;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.service.discovery.v3.ResourceError;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One encoded resource. Immutable.
 *
 * @param name resource name, not empty; the parameters of an {@code xdstp:} name in order
 * @param version prefix of the SHA-256 of the content, in hexadecimal: equal content, equal
 *     version, on every replica; who makes one up must make up another one for other content, or it
 *     is not sent (what people are to see is {@linkplain ResourceSet#labelled a label})
 * @param body the resource, encoded once; without type if there is none, see {@link #absent}
 * @param aliases other names under which clients may ask for it, in delta alone
 * @param ttl how long clients that support it keep the resource without hearing of it; the server
 *     sends them heartbeats while it exists
 */
public record VersionedResource(
    String name, String version, Any body, List<String> aliases, Optional<Duration> ttl) {

  private static final int VERSION_BYTES = 8;
  private static final List<String> NAME_FIELDS = List.of("name", "cluster_name");
  private static final String ERROR_TYPE_URL =
      "type.googleapis.com/" + ResourceError.getDescriptor().getFullName();

  public VersionedResource {
    name = ResourceName.canonical(requireNonNull(name, "name"));
    requireNonNull(version, "version");
    requireNonNull(body, "body");
    aliases = List.copyOf(aliases);
    if (name.isEmpty()) {
      throw new IllegalArgumentException("name: '' (expected: not empty)");
    }
    if (ttl.isPresent() && (ttl.get().isNegative() || ttl.get().isZero())) {
      throw new IllegalArgumentException("ttl: " + ttl.get() + " (expected: > 0)");
    }
  }

  /**
   * Returns {@code message} under {@code name}, encoded deterministically and versioned by content.
   */
  public static VersionedResource of(String name, Message message) {
    return of(name, Pack.any(message));
  }

  /**
   * Returns {@code message} under the name that it has itself: its field {@code name}, or {@code
   * cluster_name} of a ClusterLoadAssignment. Virtual hosts are known by {@linkplain #virtualHost
   * another}.
   *
   * @throws IllegalArgumentException if it has no such field, or none in it; then {@link
   *     #of(String, Message)} says which name
   */
  public static VersionedResource of(Message message) {
    return of(ownName(message), message);
  }

  private static String ownName(Message message) {
    for (String field : NAME_FIELDS) {
      @Nullable FieldDescriptor found = message.getDescriptorForType().findFieldByName(field);
      if (found != null && message.getField(found) instanceof String name && !name.isEmpty()) {
        return name;
      }
    }
    throw new IllegalArgumentException(
        "%s: no name in it (expected: one in %s)"
            .formatted(message.getDescriptorForType().getFullName(), NAME_FIELDS));
  }

  /** Returns an encoded resource of any type under {@code name}, versioned by content. */
  public static VersionedResource of(String name, Any body) {
    return versioned(name, body, List.of(), Optional.empty());
  }

  /**
   * Returns a virtual host as VHDS knows it: under {@code ROUTE-CONFIGURATION/NAME}, with the alias
   * {@code ROUTE-CONFIGURATION/DOMAIN} for each of its domains, as Envoy asks for domains.
   */
  public static VersionedResource virtualHost(String routeConfiguration, VirtualHost host) {
    return of(routeConfiguration + "/" + host.getName(), host)
        .withAliases(
            host.getDomainsList().stream()
                .map(domain -> routeConfiguration + "/" + domain)
                .toList());
  }

  /**
   * Returns the word that nothing exists under {@code name}, for types whose clients want to hear
   * it as a resource: Envoy answers a request that waits for a virtual host 404 then, at once.
   */
  public static VersionedResource absent(String name) {
    return of(name, Any.getDefaultInstance()).withAliases(List.of(name));
  }

  /**
   * Returns the decoded body.
   *
   * @throws IllegalArgumentException if it is of another type, or its bytes are no such message
   */
  public <M extends Message> M as(Class<M> type) {
    try {
      return body.unpack(type);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException(
          "resource '%s': %s (expected: %s)".formatted(name, body.getTypeUrl(), type.getName()), e);
    }
  }

  /**
   * Returns the word that there is an error instead of a resource under {@code name}. Clients that
   * ask for that name get it once, as one of the {@code resource_errors} of a response, until it
   * changes or the resource comes; a wildcard does not bring it. Code {@code NOT_FOUND} and {@code
   * PERMISSION_DENIED} let the client drop what it has; in delta it is told as a removal too, for
   * clients that do not know of errors. Any other code lets it keep that.
   *
   * @param error never {@code NOT_FOUND} for what is only not known yet
   * @see <a
   *     href="https://github.com/cncf/xds/blob/main/proposals/TP3-xds-error-propagation.md">TP3</a>
   */
  public static VersionedResource error(String name, Status error) {
    return of(
        name,
        ResourceError.newBuilder()
            .setResourceName(
                io.envoyproxy.envoy.service.discovery.v3.ResourceName.newBuilder().setName(name))
            .setErrorDetail(error)
            .build());
  }

  /** Returns whether this is the word that there is an {@linkplain #error error}. */
  public boolean isError() {
    return body.getTypeUrl().equals(ERROR_TYPE_URL);
  }

  /** Returns this resource with other aliases. */
  public VersionedResource withAliases(List<String> aliases) {
    return versioned(name, body, aliases, ttl);
  }

  /** Returns this resource with a time to live; another one is another version. */
  public VersionedResource withTtl(Duration ttl) {
    return versioned(name, body, aliases, Optional.of(ttl));
  }

  /** Returns this resource as clients get it that do not know of TTLs: same version. */
  public VersionedResource withoutTtl() {
    return new VersionedResource(name, version, body, aliases, Optional.empty());
  }

  /** Returns the sign of life of this resource: all but its body. */
  public VersionedResource heartbeat() {
    return new VersionedResource(name, version, Any.getDefaultInstance(), aliases, ttl);
  }

  /** Returns whether there is a body. */
  public boolean hasBody() {
    return !body.getTypeUrl().isEmpty();
  }

  private static VersionedResource versioned(
      String name, Any body, List<String> aliases, Optional<Duration> ttl) {
    return new VersionedResource(name, hash(body, aliases, ttl), body, aliases, ttl);
  }

  private static String hash(Any body, List<String> aliases, Optional<Duration> ttl) {
    MessageDigest sha256;
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
    sha256.update(body.getValue().asReadOnlyByteBuffer());
    for (String alias : aliases) {
      sha256.update((byte) 0);
      sha256.update(alias.getBytes(StandardCharsets.UTF_8));
    }
    ttl.ifPresent(
        time -> sha256.update(ByteBuffer.allocate(Long.BYTES).putLong(time.toNanos()).array()));
    return HexFormat.of().formatHex(sha256.digest(), 0, VERSION_BYTES);
  }

  /** Returns name and version; the body may be a secret. */
  @Override
  public String toString() {
    return name + "@" + version;
  }
}
