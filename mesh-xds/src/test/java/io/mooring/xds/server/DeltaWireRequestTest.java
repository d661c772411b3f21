package io.mooring.xds.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.Status;
import io.envoyproxy.envoy.config.core.v3.ControlPlane;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.ResourceLocator;
import java.io.ByteArrayInputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** What is read by hand is what the generated message would read. */
class DeltaWireRequestTest {

  private static final RequestMarshaller<DeltaWireRequest> MARSHALLER =
      new RequestMarshaller<>(new DeltaVariant(ControlPlane.getDefaultInstance()));

  private static DeltaWireRequest parse(byte[] bytes) {
    return MARSHALLER.parse(new ByteArrayInputStream(bytes));
  }

  private static DeltaWireRequest of(DeltaDiscoveryRequest request) {
    return new DeltaWireRequest(
        request.getNode(),
        request.getTypeUrl(),
        request.getResourceNamesSubscribeList(),
        request.getResourceNamesUnsubscribeList(),
        request.getInitialResourceVersionsMap(),
        request.getResponseNonce(),
        request.hasErrorDetail() ? Optional.of(request.getErrorDetail()) : Optional.empty());
  }

  /** What the generated message makes of bytes. */
  private static DeltaWireRequest expected(byte[] bytes) {
    try {
      return of(DeltaDiscoveryRequest.parseFrom(bytes));
    } catch (InvalidProtocolBufferException e) {
      return DeltaWireRequest.MALFORMED;
    }
  }

  @SuppressWarnings("ReferenceEquality") // the point: an empty request is none that is malformed
  private static void assertReadAlike(byte[] bytes) {
    DeltaWireRequest expected = expected(bytes);
    DeltaWireRequest actual = parse(bytes);
    assertThat(actual).isEqualTo(expected);
    assertThat(actual == DeltaWireRequest.MALFORMED)
        .isEqualTo(expected == DeltaWireRequest.MALFORMED);
  }

  @Provide
  Arbitrary<DeltaDiscoveryRequest> requests() {
    Arbitrary<String> names = Arbitraries.of("", "*", "a", "outbound|80||b", "ü", "\uFFFD", "𝄞");
    Arbitrary<List<String>> lists = names.list().ofMaxSize(4);
    Arbitrary<Map<String, String>> versions = Arbitraries.maps(names, names).ofMaxSize(4);
    Arbitrary<Optional<Status>> errors =
        names
            .map(
                message ->
                    Status.newBuilder()
                        .setCode(message.length())
                        .setMessage(message)
                        .addDetails(Any.getDefaultInstance())
                        .build())
            .optional();
    return Combinators.combine(names, lists, lists, versions, names, errors, names)
        .as(
            (type, subscribe, unsubscribe, initial, nonce, error, node) -> {
              DeltaDiscoveryRequest.Builder request =
                  DeltaDiscoveryRequest.newBuilder()
                      .setTypeUrl(type)
                      .addAllResourceNamesSubscribe(subscribe)
                      .addAllResourceNamesUnsubscribe(unsubscribe)
                      .putAllInitialResourceVersions(initial)
                      .addResourceLocatorsSubscribe(ResourceLocator.newBuilder().setName(node))
                      .setResponseNonce(nonce);
              error.ifPresent(request::setErrorDetail);
              if (!node.isEmpty()) {
                request.setNode(Node.newBuilder().setId(node).addClientFeatures(node));
              }
              return request.build();
            });
  }

  @Property
  void everyRequestIsReadAsTheGeneratedMessageReadsIt(
      @ForAll("requests") DeltaDiscoveryRequest request) {
    assertReadAlike(request.toByteArray());
  }

  @Property
  void twoRequestsInARowAreMergedAsTheGeneratedMessageMergesThem(
      @ForAll("requests") DeltaDiscoveryRequest one,
      @ForAll("requests") DeltaDiscoveryRequest other) {
    assertReadAlike(one.toByteString().concat(other.toByteString()).toByteArray());
  }

  @Property
  void brokenBytesAreRefusedWhereTheGeneratedMessageRefusesThem(
      @ForAll("requests") DeltaDiscoveryRequest request,
      @ForAll int position,
      @ForAll byte value,
      @ForAll boolean cut) {
    byte[] bytes = request.toByteArray();
    if (bytes.length > 0) {
      int at = Math.floorMod(position, bytes.length);
      bytes[at] = value;
      assertReadAlike(cut ? Arrays.copyOf(bytes, at + 1) : bytes);
    }
  }

  @Property
  void anyBytesAreReadAlike(@ForAll byte[] bytes) {
    assertReadAlike(bytes);
  }

  @Test
  void nameWithoutVersionAndFieldsThatNobodyKnowsAreRead() {
    byte[] entries = {
      0x2a, 3, 0x0a, 1, 'a', // a name alone
      0x2a, 0, // nothing at all
      0x2a, 5, 0x0a, 1, 'b', 0x18, 7, // a field that entries do not have
      0x7a, 1, 0, // nor requests
    };
    assertReadAlike(entries);
    assertThat(parse(entries).initialVersions()).isEqualTo(Map.of("a", "", "", "", "b", ""));
  }

  @Test
  void entryThatIsLongerThanItsMessageIsRefused() {
    assertReadAlike(new byte[] {0x2a, 9, 0x0a, 1, 'a'});
    assertReadAlike(new byte[] {0x2a, -1, -1, -1, -1, 0x0f}); // a length below zero
    assertReadAlike(new byte[] {0x2a, 2, 0x0c, 0x0c}); // groups that end without a beginning
    assertReadAlike(ByteString.copyFromUtf8("\f").toByteArray());
  }
}
