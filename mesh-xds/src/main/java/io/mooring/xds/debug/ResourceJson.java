package io.mooring.xds.debug;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.Value;
import com.google.protobuf.util.JsonFormat;
import io.mooring.xds.resource.ResourceSet;
import io.mooring.xds.resource.VersionedResource;
import io.mooring.xds.resource.XdsType;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeSet;

/** Prints resources as sorted JSON that depends on their content alone. Thread-safe. */
public final class ResourceJson {

  private ResourceJson() {}

  /**
   * Returns the resources of {@code types} as an array of {@code {name, version, type_url,
   * resource}}, sorted by type URL, then name.
   *
   * <p>Shape: fields have their protobuf names and map keys are sorted, so that the last field
   * can be pasted into an Envoy bootstrap. A resource that has a message of a type that the Envoy
   * API does not know is printed as its type URL and its bytes in Base64.
   *
   * @param types which types; those without resources add nothing
   * @return JSON text that ends in a line feed
   */
  public static String print(ResourceSet resources, Set<XdsType> types) {
    StringJoiner array = new StringJoiner(",\n", "[\n", "\n]\n").setEmptyValue("[]\n");
    for (XdsType type : new TreeSet<>(types)) {
      for (VersionedResource resource : resources.resources(type).values()) {
        array.add(indent(print(type, resource)));
      }
    }
    return array.toString();
  }

  private static String print(XdsType type, VersionedResource resource) {
    return """
        {
          "name": %s,
          "version": %s,
          "type_url": %s,
          "resource": %s
        }"""
        .formatted(
            quote(resource.name()),
            quote(resource.version()),
            quote(type.typeUrl()),
            indent(body(resource.body())).stripLeading());
  }

  private static String body(Any any) {
    try {
      Optional<Message> message = KnownTypes.unpack(any);
      if (message.isPresent()) {
        return print(message.get(), KnownTypes.within(message.get()));
      }
    } catch (InvalidProtocolBufferException e) {
      // Falls through: a type inside is unknown or its bytes are no message; both are shown as is.
    }
    return """
        {
          "@type": %s,
          "value": %s
        }"""
        .formatted(quote(any.getTypeUrl()), base64(any));
  }

  private static String print(Message message, TypeRegistry types)
      throws InvalidProtocolBufferException {
    return JsonFormat.printer()
        .usingTypeRegistry(types)
        .preservingProtoFieldNames()
        .sortingMapKeys()
        .print(message);
  }

  private static String base64(Any any) {
    return quote(Base64.getEncoder().encodeToString(any.getValue().toByteArray()));
  }

  private static String quote(String text) {
    try {
      return JsonFormat.printer().print(Value.newBuilder().setStringValue(text));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a string is always JSON", e);
    }
  }

  private static String indent(String text) {
    return text.indent(2).stripTrailing();
  }
}
