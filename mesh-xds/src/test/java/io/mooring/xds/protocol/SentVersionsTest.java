package io.mooring.xds.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import io.mooring.xds.resource.VersionedResource;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** Whatever is shared, it answers as a map of its own would. */
class SentVersionsTest {

  private static final int NAMES = 80;

  /**
   * @param kind put, remove, put many, or share what a provider offers
   * @param name which name, or from which on
   * @param version of all names that are meant
   */
  record Step(int kind, int name, int version) {}

  @Provide
  Arbitrary<List<Step>> histories() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 3),
            Arbitraries.integers().between(0, NAMES - 1),
            Arbitraries.integers().between(1, 3))
        .as(Step::new)
        .list()
        .ofMaxSize(60);
  }

  private static String name(int number) {
    return "n" + number;
  }

  private static Any body(int version) {
    return Any.newBuilder().setValue(ByteString.copyFromUtf8("v" + version)).build();
  }

  private static String version(int version) {
    return VersionedResource.of("any", body(version)).version();
  }

  private static SortedMap<String, VersionedResource> offered(int from, int version) {
    SortedMap<String, VersionedResource> resources = new TreeMap<>();
    for (int i = from; i < NAMES; i++) {
      resources.put(name(i), VersionedResource.of(name(i), body(version)));
    }
    return resources;
  }

  @Property
  void answersAsAMapOfItsOwnWould(@ForAll("histories") List<Step> history) {
    SentVersions sent = new SentVersions();
    SortedMap<String, String> oracle = new TreeMap<>();
    for (Step step : history) {
      String version = version(step.version());
      switch (step.kind()) {
        case 0 ->
            assertThat(sent.put(name(step.name()), version))
                .isEqualTo(oracle.put(name(step.name()), version));
        case 1 -> {
          sent.remove(name(step.name()));
          oracle.remove(name(step.name()));
        }
        case 2 ->
            offered(step.name(), step.version())
                .forEach(
                    (name, resource) -> {
                      sent.put(name, resource.version());
                      oracle.put(name, resource.version());
                    });
        default -> sent.share(offered(step.name(), step.version()));
      }
      assertThat(sent.byName()).isEqualTo(oracle);
      assertThat(sent.names()).isEqualTo(oracle.keySet());
      assertThat(sent.isEmpty()).isEqualTo(oracle.isEmpty());
      for (int i = 0; i < NAMES; i++) {
        assertThat(sent.get(name(i))).isEqualTo(oracle.get(name(i)));
        assertThat(sent.has(name(i))).isEqualTo(oracle.containsKey(name(i)));
      }
    }
  }

  @Test
  void whatWasNotSentIsNotTakenForSent() {
    SentVersions sent = new SentVersions();
    offered(20, 1).forEach((name, resource) -> sent.put(name, version(1)));
    sent.share(offered(0, 1));
    assertThat(sent.has(name(0))).isFalse();
    assertThat(sent.get(name(20))).isEqualTo(version(1));
    assertThat(sent.names()).hasSize(NAMES - 20);
  }
}
