package io.mooring.xds.server;

import static com.google.protobuf.CodedOutputStream.computeMessageSize;
import static com.google.protobuf.CodedOutputStream.computeStringSize;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Duration;
import com.google.protobuf.UnsafeByteOperations;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.mooring.xds.resource.VersionedResource;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Writes {@link Resource} messages around bodies that were encoded long before. */
final class WireResource {

  private static final String TYPE_URL =
      "type.googleapis.com/" + Resource.getDescriptor().getFullName();

  private WireResource() {}

  /** Returns how many bytes {@link #write} writes. */
  static int length(VersionedResource resource) {
    int length =
        computeStringSize(Resource.VERSION_FIELD_NUMBER, resource.version())
            + computeStringSize(Resource.NAME_FIELD_NUMBER, resource.name());
    if (resource.hasBody()) {
      length += computeMessageSize(Resource.RESOURCE_FIELD_NUMBER, resource.body());
    }
    for (String alias : resource.aliases()) {
      length += computeStringSize(Resource.ALIASES_FIELD_NUMBER, alias);
    }
    return length
        + resource
            .ttl()
            .map(ttl -> computeMessageSize(Resource.TTL_FIELD_NUMBER, duration(ttl)))
            .orElse(0);
  }

  static void write(VersionedResource resource, CodedOutputStream out) throws IOException {
    out.writeString(Resource.VERSION_FIELD_NUMBER, resource.version());
    if (resource.hasBody()) {
      out.writeMessage(Resource.RESOURCE_FIELD_NUMBER, resource.body());
    }
    out.writeString(Resource.NAME_FIELD_NUMBER, resource.name());
    for (String alias : resource.aliases()) {
      out.writeString(Resource.ALIASES_FIELD_NUMBER, alias);
    }
    if (resource.ttl().isPresent()) {
      out.writeMessage(Resource.TTL_FIELD_NUMBER, duration(resource.ttl().get()));
    }
  }

  /**
   * Returns what a state-of-the-world response carries: the body itself, or wrapped where the
   * resource has a TTL.
   */
  static Any inStateOfTheWorld(VersionedResource resource) {
    return resource.ttl().isEmpty()
        ? resource.body()
        : Any.newBuilder().setTypeUrl(TYPE_URL).setValue(bytes(resource)).build();
  }

  private static ByteString bytes(VersionedResource resource) {
    byte[] bytes = new byte[length(resource)];
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      write(resource, out);
    } catch (IOException e) {
      throw new UncheckedIOException("an array of exactly the length was too small", e);
    }
    out.checkNoSpaceLeft();
    return UnsafeByteOperations.unsafeWrap(bytes);
  }

  private static Duration duration(java.time.Duration duration) {
    return Duration.newBuilder()
        .setSeconds(duration.getSeconds())
        .setNanos(duration.getNano())
        .build();
  }
}
