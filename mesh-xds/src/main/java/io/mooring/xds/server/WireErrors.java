package io.mooring.xds.server;

import com.google.protobuf.CodedOutputStream;
import io.mooring.xds.protocol.Outgoing;
import io.mooring.xds.resource.VersionedResource;
import java.io.IOException;

/** Writes what there is instead of resources: errors that were encoded when they were made. */
final class WireErrors {

  private WireErrors() {}

  /** Returns how many bytes {@link #write} writes. */
  static int size(int field, Outgoing response) {
    int size = 0;
    for (VersionedResource error : response.errors()) {
      size += CodedOutputStream.computeBytesSize(field, error.body().getValue());
    }
    return size;
  }

  static void write(int field, Outgoing response, CodedOutputStream out) throws IOException {
    for (VersionedResource error : response.errors()) {
      out.writeBytes(field, error.body().getValue()); // a message is written as its bytes are
    }
  }
}
