package io.mooring.identity.issue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.identity.WorkloadGroups;
import io.mooring.identity.attest.AttestationResult;
import io.mooring.identity.attest.Selector;
import io.mooring.model.ConfigKey;
import io.mooring.model.Metadata;
import io.mooring.model.networking.WorkloadEntrySpec;
import io.mooring.model.networking.WorkloadGroup;
import io.mooring.model.networking.WorkloadGroupSpec;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdmissionPolicyTest {

  private final List<WorkloadGroup> all =
      List.of(group("demo", "ratings", "r"), group("demo", "reviews", "r"), group("x", "y", "z"));

  private final WorkloadGroups groups =
      new WorkloadGroups() {
        @Override
        public Optional<WorkloadGroup> find(ConfigKey key) {
          return all.stream().filter(group -> group.key().equals(key)).findFirst();
        }

        @Override
        public Collection<WorkloadGroup> inNamespace(String namespace) {
          return all.stream()
              .filter(group -> group.metadata().namespace().equals(namespace))
              .toList();
        }
      };

  private static WorkloadGroup group(String namespace, String name, String account) {
    return WorkloadGroup.builder()
        .metadata(Metadata.of(namespace, name))
        .spec(
            WorkloadGroupSpec.builder()
                .template(WorkloadEntrySpec.builder().serviceAccount(account).build())
                .build())
        .build();
  }

  private Optional<String> admitted(AdmissionPolicy policy, String... selectors) {
    Set<Selector> parsed =
        Arrays.stream(selectors).map(Selector::parse).collect(Collectors.toSet());
    return policy
        .groupFor(new AttestationResult("k:1", parsed), groups)
        .map(group -> group.metadata().namespace() + "/" + group.metadata().name());
  }

  private static AdmissionPolicy rules(AdmissionRule... rules) {
    return new AdmissionPolicy(List.of(rules));
  }

  @Test
  void withoutRulesOnlyBoundEvidenceIsAdmitted() {
    AdmissionPolicy policy = AdmissionPolicy.WITHOUT_RULES;
    assertThat(admitted(policy, "aws:account:123456789012")).isEmpty();
    assertThat(admitted(policy)).isEmpty();
    assertThat(admitted(policy, "join-token:group:demo/ratings")).contains("demo/ratings");
    assertThat(admitted(policy, "kubernetes:service-account:x/z")).contains("x/y");
    assertThat(admitted(policy, "kubernetes:service-account:demo/r")).contains("demo/ratings");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "join-token:group:demo/gone",
        "join-token:group:demo",
        "join-token:group:demo/ratings/x",
        "kubernetes:service-account:demo/z",
        "kubernetes:service-account:z",
        "other:group:demo/ratings",
        "join-token:id:demo/ratings"
      })
  void evidenceForNoGroupIsNotAdmitted(String selector) {
    assertThat(admitted(AdmissionPolicy.WITHOUT_RULES, selector)).isEmpty();
  }

  @Test
  void firstRuleThatFitsWhollyDecides() {
    AdmissionPolicy policy =
        rules(
            AdmissionRule.of("demo", "ratings", Set.of("aws:account:1", "aws:region:west")),
            AdmissionRule.of("demo", "reviews", Set.of("aws:account:1")),
            AdmissionRule.of("x", "y", Set.of("aws:region:west")));
    assertThat(admitted(policy, "aws:account:1", "aws:region:west")).contains("demo/ratings");
    assertThat(admitted(policy, "aws:account:1", "aws:region:east")).contains("demo/reviews");
    assertThat(admitted(policy, "aws:account:2", "aws:region:west")).contains("x/y");
    assertThat(admitted(policy, "aws:account:2")).isEmpty();
    assertThat(admitted(policy, "gcp:account:1")).isEmpty();
  }

  @Test
  void ruleOfAGroupThatIsGoneAdmitsToNoOtherOne() {
    AdmissionPolicy policy =
        rules(
            AdmissionRule.of("demo", "gone", Set.of("aws:account:1")),
            AdmissionRule.of("demo", "reviews", Set.of("aws:account:1")));
    assertThat(admitted(policy, "aws:account:1")).isEmpty();
  }

  @Test
  void ruleForEverybodyIsNoRule() {
    assertThatThrownBy(() -> AdmissionRule.of("demo", "ratings", Set.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        "a:b",
        "A:b:c",
        "a:B:c",
        "a:b:",
        "a:b: ",
        "a:b:c d",
        "a:b:\u00e9",
        ":b:c"
      })
  void selectorsOfAnotherFormAreRefused(String text) {
    assertThatThrownBy(() -> Selector.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void selectorSurvivesItsText() {
    Selector selector = Selector.parse("x509pop:dns:a:b");
    assertThat(selector.value()).isEqualTo("a:b");
    assertThat(Selector.parse(selector.toString())).isEqualTo(selector);
  }
}
