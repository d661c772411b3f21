package io.mooring.model.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.mooring.model.ConfigObject;
import io.mooring.model.networking.ServiceEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Documents as people and kubectl write them. */
class AcceptedDocumentsTest {

  private static final Path FILE = Path.of("src/test/resources/accepted/bookinfo.yaml");

  private final ConfigCodec codec = new ConfigCodec();

  @Test
  void everythingThatIsRightIsAccepted() throws IOException {
    ParsedConfig config = codec.parse("bookinfo.yaml", Files.readString(FILE));

    assertThat(config.problems())
        .map(Problem::toString)
        .containsExactly(
            "bookinfo.yaml:115:15: warning: spec.http[3].delegate: not applied yet: the route is"
                + " skipped",
            "bookinfo.yaml:136:9: warning: spec.trafficPolicy.loadBalancer.localityLbSetting: not"
                + " applied yet",
            "bookinfo.yaml:155:13: warning: spec.trafficPolicy.tunnel: not applied yet");
    assertThat(config.objects())
        .extracting(located -> located.object().key().toString())
        .containsExactly(
            "Service/shop/reviews",
            "Service/default/headless",
            "Namespace/shop",
            "VirtualService/default/reviews",
            "DestinationRule/default/reviews",
            "ServiceEntry/default/ratings",
            "ServiceEntry/default/external",
            "WorkloadGroup/default/ratings",
            "PeerAuthentication/default/finance");
    assertThat(config.hasErrors()).isFalse();
  }

  @Test
  void printedDocumentsAreAcceptedAgain() throws IOException {
    List<ConfigObject> objects = objects(codec.parse("bookinfo.yaml", Files.readString(FILE)));
    String yaml = objects.stream().map(codec::toYaml).collect(Collectors.joining("---\n"));
    String json = objects.stream().map(codec::toJson).collect(Collectors.joining("\n"));

    assertThat(objects(codec.parse("again.yaml", yaml))).isEqualTo(objects);
    assertThat(objects(codec.parse("again.json", json))).isEqualTo(objects);
    assertThat(objects(codec.parse("json-in.yaml", codec.toJson(objects.get(3)))))
        .containsExactly(objects.get(3));
    assertThat(new ObjectMapper().readTree(codec.toJson(objects.get(3))).path("kind").asText())
        .isEqualTo("VirtualService");
  }

  @Test
  void sixtyFourBitNumbersMayBeText() throws IOException {
    ServiceEntry entry =
        (ServiceEntry) objects(codec.parse("b.yaml", Files.readString(FILE))).get(5);

    assertThat(entry.status().orElseThrow().conditions().get(0).observedGeneration())
        .isEqualTo(OptionalLong.of(3));
  }

  private static List<ConfigObject> objects(ParsedConfig config) {
    assertThat(config.hasErrors()).as("%s", config.problems()).isFalse();
    return config.objects().stream().map(LocatedObject::object).toList();
  }
}
