package io.mooring.xds.debug;

import com.google.protobuf.Any;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.TypeRegistry;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the generated class of a message of the Envoy API by its full name: its Java package is
 * always {@code io.envoyproxy.} and the protobuf package. A list of all types would be out of date
 * with every new filter.
 */
final class KnownTypes {

  private static final String JAVA_PREFIX = "io.envoyproxy.";

  private KnownTypes() {}

  /**
   * Returns the message within {@code any}, absent if its type is unknown.
   *
   * @throws InvalidProtocolBufferException if the bytes are not of that type
   */
  static Optional<Message> unpack(Any any) throws InvalidProtocolBufferException {
    String fullName = any.getTypeUrl().substring(any.getTypeUrl().lastIndexOf('/') + 1);
    Optional<Message> prototype = prototype(fullName);
    return prototype.isPresent()
        ? Optional.of(prototype.get().getParserForType().parseFrom(any.getValue()))
        : Optional.empty();
  }

  /**
   * Returns the types of every message that is packed in {@code message} at any depth, as far as
   * they are known.
   */
  static TypeRegistry within(Message message) throws InvalidProtocolBufferException {
    Set<Descriptor> types = new HashSet<>();
    collect(message, types);
    return TypeRegistry.newBuilder().add(types).build();
  }

  private static void collect(Message message, Set<Descriptor> types)
      throws InvalidProtocolBufferException {
    if (message instanceof Any any) {
      Optional<Message> inner = unpack(any);
      if (inner.isPresent()) {
        types.add(inner.get().getDescriptorForType());
        collect(inner.get(), types);
      }
      return;
    }
    for (var field : message.getAllFields().entrySet()) {
      if (field.getKey().getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
        List<?> values =
            field.getValue() instanceof List<?> list ? list : List.of(field.getValue());
        for (Object value : values) {
          collect((Message) value, types);
        }
      }
    }
  }

  private static Optional<Message> prototype(String fullName) {
    try {
      boolean wellKnown = fullName.startsWith("google.protobuf.");
      Class<?> type = Class.forName((wellKnown ? "com." : JAVA_PREFIX) + fullName);
      return Optional.of((Message) type.getMethod("getDefaultInstance").invoke(null));
    } catch (ReflectiveOperationException | ClassCastException e) {
      // Not of the Envoy API: the caller says what is done about it.
      return Optional.empty();
    }
  }
}
