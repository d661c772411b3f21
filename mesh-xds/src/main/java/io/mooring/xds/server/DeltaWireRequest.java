package io.mooring.xds.server;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.ExtensionRegistryLite;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import com.google.rpc.Status;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.ResourceLocator;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a {@code DeltaDiscoveryRequest} says, read from its bytes straight into what a session
 * takes: a proxy that reconnects sends the name and version of each resource it has, and the
 * generated message would hold them three times over before they are looked at. Immutable.
 *
 * <p>Bytes that the generated message accepts are accepted, with the same meaning, and no others.
 *
 * @param typeUrl {@code ""} if there is none
 * @param initialVersions version by name; the last of those of one name
 * @param nonce {@code ""} if it answers nothing
 */
record DeltaWireRequest(
    Node node,
    String typeUrl,
    List<String> subscribe,
    List<String> unsubscribe,
    Map<String, String> initialVersions,
    String nonce,
    Optional<Status> error) {

  /** Stands for bytes that are no request; compared by identity. */
  static final DeltaWireRequest MALFORMED = new Reader().request();

  private static final int NODE = messageTag(DeltaDiscoveryRequest.NODE_FIELD_NUMBER);
  private static final int TYPE_URL = messageTag(DeltaDiscoveryRequest.TYPE_URL_FIELD_NUMBER);
  private static final int SUBSCRIBE =
      messageTag(DeltaDiscoveryRequest.RESOURCE_NAMES_SUBSCRIBE_FIELD_NUMBER);
  private static final int UNSUBSCRIBE =
      messageTag(DeltaDiscoveryRequest.RESOURCE_NAMES_UNSUBSCRIBE_FIELD_NUMBER);
  private static final int INITIAL_VERSION =
      messageTag(DeltaDiscoveryRequest.INITIAL_RESOURCE_VERSIONS_FIELD_NUMBER);
  private static final int NONCE = messageTag(DeltaDiscoveryRequest.RESPONSE_NONCE_FIELD_NUMBER);
  private static final int ERROR = messageTag(DeltaDiscoveryRequest.ERROR_DETAIL_FIELD_NUMBER);
  private static final int SUBSCRIBE_LOCATOR =
      messageTag(DeltaDiscoveryRequest.RESOURCE_LOCATORS_SUBSCRIBE_FIELD_NUMBER);
  private static final int UNSUBSCRIBE_LOCATOR =
      messageTag(DeltaDiscoveryRequest.RESOURCE_LOCATORS_UNSUBSCRIBE_FIELD_NUMBER);
  private static final int KEY = messageTag(1); // of an entry of a map, as the language has it
  private static final int VALUE = messageTag(2);

  private static final ExtensionRegistryLite NO_EXTENSIONS =
      ExtensionRegistryLite.getEmptyRegistry();

  private static int messageTag(int field) {
    return field << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
  }

  /**
   * Reads a request from all of {@code stream}.
   *
   * @throws IOException if it is none
   */
  static DeltaWireRequest parse(InputStream stream) throws IOException {
    Reader reader = new Reader();
    CodedInputStream in = CodedInputStream.newInstance(stream.readAllBytes());
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      reader.field(tag, in);
    }
    return reader.request();
  }

  /** One request while it is read. */
  private static final class Reader {

    private final List<String> subscribe = new ArrayList<>();
    private final List<String> unsubscribe = new ArrayList<>();
    private final Map<String, String> initialVersions = new HashMap<>();
    private Node.@Nullable Builder node; // the first request of a stream has one, answers do not
    private Status.@Nullable Builder error;
    private String typeUrl = "";
    private String nonce = "";

    void field(int tag, CodedInputStream in) throws IOException {
      if (tag == INITIAL_VERSION) {
        initialVersion(in);
      } else if (tag == SUBSCRIBE) {
        subscribe.add(in.readStringRequireUtf8());
      } else if (tag == UNSUBSCRIBE) {
        unsubscribe.add(in.readStringRequireUtf8());
      } else if (tag == TYPE_URL) {
        typeUrl = in.readStringRequireUtf8();
      } else if (tag == NONCE) {
        nonce = in.readStringRequireUtf8();
      } else if (tag == NODE) {
        node = node == null ? Node.newBuilder() : node; // a second one adds to the first
        in.readMessage(node, NO_EXTENSIONS);
      } else if (tag == ERROR) {
        error = error == null ? Status.newBuilder() : error;
        in.readMessage(error, NO_EXTENSIONS);
      } else if (tag == SUBSCRIBE_LOCATOR || tag == UNSUBSCRIBE_LOCATOR) {
        in.readMessage(ResourceLocator.newBuilder(), NO_EXTENSIONS); // of no use here
      } else {
        skip(tag, in);
      }
    }

    private void initialVersion(CodedInputStream in) throws IOException {
      int outer = in.pushLimit(in.readRawVarint32());
      String name = "";
      String version = "";
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        if (tag == KEY) {
          name = in.readStringRequireUtf8();
        } else if (tag == VALUE) {
          version = in.readStringRequireUtf8();
        } else {
          skip(tag, in);
        }
      }
      in.popLimit(outer);
      initialVersions.put(name, version);
    }

    private static void skip(int tag, CodedInputStream in) throws IOException {
      if (!in.skipField(tag)) {
        throw new InvalidProtocolBufferException("a group ends that did not begin");
      }
    }

    DeltaWireRequest request() {
      return new DeltaWireRequest(
          node == null ? Node.getDefaultInstance() : node.build(),
          typeUrl,
          subscribe,
          unsubscribe,
          initialVersions,
          nonce,
          Optional.ofNullable(error).map(Status.Builder::build));
    }
  }
}
