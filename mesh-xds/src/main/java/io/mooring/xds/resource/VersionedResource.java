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
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One encoded resource. Immutable; its version is always that of its content. */
public final class VersionedResource {

  private static final int VERSION_BYTES = 8;
  private static final List<String> NAME_FIELDS = List.of("name", "cluster_name");
  private static final String ERROR_TYPE_URL =
      "type.googleapis.com/" + ResourceError.getDescriptor().getFullName();

  private final String name;
  private final String version;
  private final Any body;
  private final List<String> aliases;
  private final Optional<Duration> ttl;

  private VersionedResource(
      String name, String version, Any body, List<String> aliases, Optional<Duration> ttl) {
    this.name = ResourceName.canonical(requireNonNull(name, "name"));
    this.version = version;
    this.body = requireNonNull(body, "body");
    this.aliases = List.copyOf(aliases);
    this.ttl = ttl;
    if (name.isEmpty()) {
      throw new IllegalArgumentException("name: '' (expected: not empty)");
    }
    if (ttl.isPresent() && (ttl.get().isNegative() || ttl.get().isZero())) {
      throw new IllegalArgumentException("ttl: " + ttl.get() + " (expected: > 0)");
    }
  }

  /** Returns the name, not empty; the parameters of an {@code xdstp:} name are in order. */
  public String name() {
    return name;
  }

  /**
   * Returns a prefix of the SHA-256 of the content, in hexadecimal: equal content, equal version,
   * on every replica. What people are to see instead is {@linkplain ResourceSet#labelled a label}.
   */
  public String version() {
    return version;
  }

  /** Returns the resource, encoded once; without type if there is none, see {@link #absent}. */
  public Any body() {
    return body;
  }

  /** Returns other names under which clients may ask for it, in delta alone. */
  public List<String> aliases() {
    return aliases;
  }

  /**
   * Returns how long clients that support it keep the resource without hearing of it; the server
   * sends them heartbeats while it exists.
   */
  public Optional<Duration> ttl() {
    return ttl;
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

  /** Returns this resource as a client gets it that asked by another name: same version. */
  public VersionedResource askedForAs(String alias) {
    List<String> more = new ArrayList<>(aliases);
    more.add(alias);
    return new VersionedResource(name, version, body, more, ttl);
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

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof VersionedResource that
        && name.equals(that.name)
        && version.equals(that.version)
        && body.equals(that.body)
        && aliases.equals(that.aliases)
        && ttl.equals(that.ttl);
  }

  @Override
  public int hashCode() {
    return 31 * name.hashCode() + version.hashCode();
  }

  /** Returns name and version; the body may be a secret. */
  @Override
  public String toString() {
    return name + "@" + version;
  }
}
