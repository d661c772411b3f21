package io.mooring.xds.translate.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.model.networking.ClientTlsSettings;
import io.mooring.model.networking.LoadBalancerSettings;
import io.mooring.model.networking.LoadBalancerSettings.SimpleLb;
import io.mooring.model.networking.OutlierDetection;
import io.mooring.model.networking.PortSelector;
import io.mooring.model.networking.PortTrafficPolicy;
import io.mooring.model.networking.TrafficPolicy;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TrafficPoliciesTest {

  private static final LoadBalancerSettings RANDOM = simple(SimpleLb.RANDOM);
  private static final LoadBalancerSettings ROUND_ROBIN = simple(SimpleLb.ROUND_ROBIN);
  private static final OutlierDetection OUTLIERS = OutlierDetection.builder().build();
  private static final ClientTlsSettings TLS = ClientTlsSettings.builder().build();

  private static final TrafficPolicy SERVICE =
      TrafficPolicy.builder()
          .loadBalancer(RANDOM)
          .outlierDetection(OUTLIERS)
          .addPortLevelSettings(
              PortTrafficPolicy.builder().port(PortSelector.of(80)).tls(TLS).build())
          .build();

  @Test
  void portLevelEntryReplacesThePolicyAsAWhole() {
    assertThat(TrafficPolicies.ofPort(Optional.of(SERVICE), 80))
        .isEqualTo(TrafficPolicy.builder().tls(TLS).build());
  }

  @Test
  void portWithoutEntryHasThePolicyOfTheService() {
    assertThat(TrafficPolicies.ofPort(Optional.of(SERVICE), 81))
        .isEqualTo(TrafficPolicy.builder().loadBalancer(RANDOM).outlierDetection(OUTLIERS).build());
  }

  @Test
  void withoutRuleThePolicyIsEmpty() {
    assertThat(TrafficPolicies.ofPort(Optional.empty(), 80))
        .isEqualTo(TrafficPolicy.builder().build());
  }

  @Test
  void subsetOverridesWhatItNamesAndInheritsTheRest() {
    TrafficPolicy subset = TrafficPolicy.builder().loadBalancer(ROUND_ROBIN).build();

    assertThat(
            TrafficPolicies.ofSubset(
                TrafficPolicies.ofPort(Optional.of(SERVICE), 81), Optional.of(subset), 81))
        .isEqualTo(
            TrafficPolicy.builder().loadBalancer(ROUND_ROBIN).outlierDetection(OUTLIERS).build());
  }

  @Test
  void portLevelEntryOfASubsetInheritsNoBlock() {
    TrafficPolicy subset =
        TrafficPolicy.builder()
            .addPortLevelSettings(
                PortTrafficPolicy.builder()
                    .port(PortSelector.of(81))
                    .loadBalancer(ROUND_ROBIN)
                    .build())
            .build();

    assertThat(
            TrafficPolicies.ofSubset(
                TrafficPolicies.ofPort(Optional.of(SERVICE), 81), Optional.of(subset), 81))
        .isEqualTo(TrafficPolicy.builder().loadBalancer(ROUND_ROBIN).build());
  }

  private static LoadBalancerSettings simple(SimpleLb simple) {
    return LoadBalancerSettings.builder().simple(simple).build();
  }
}
