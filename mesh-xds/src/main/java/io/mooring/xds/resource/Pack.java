package io.mooring.xds.resource;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Message;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Packs messages into {@code Any} with deterministic bytes. {@code Any.pack} must not be used: it
 * serialises maps in insertion order, so that equal messages get different bytes and different
 * versions.
 */
public final class Pack {

  private Pack() {}

  /** Returns {@code message} as an {@code Any} whose bytes depend on its content alone. */
  public static Any any(Message message) {
    return Any.newBuilder()
        .setTypeUrl("type.googleapis.com/" + message.getDescriptorForType().getFullName())
        .setValue(bytes(message))
        .build();
  }

  /** Returns the deterministic serialised form of {@code message}. */
  public static ByteString bytes(Message message) {
    byte[] bytes = new byte[message.getSerializedSize()];
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.useDeterministicSerialization();
    try {
      message.writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException("an array of exactly the serialised size was too small", e);
    }
    out.checkNoSpaceLeft();
    return UnsafeByteOperations.unsafeWrap(bytes);
  }
}
