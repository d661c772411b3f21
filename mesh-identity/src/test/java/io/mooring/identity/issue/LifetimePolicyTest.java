package io.mooring.identity.issue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LifetimePolicyTest {

  @ParameterizedTest
  @ValueSource(longs = {-1, Long.MIN_VALUE, Long.MAX_VALUE, 90L * 86_400 + 1})
  void lifetimeThatNoCertificateCanHaveIsRefused(long seconds) {
    assertThatThrownBy(() -> LifetimePolicy.DEFAULT.grant(seconds))
        .isInstanceOf(InvalidLifetimeException.class)
        .hasMessageContaining(Long.toString(seconds));
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT0S", "-PT1S", "PT0.999S", "P91D"})
  void policyOutOfRangeIsRefused(String standard) {
    assertThatThrownBy(() -> new LifetimePolicy(Duration.parse(standard)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shorterIsGrantedLongerIsCutAndZeroIsTheStandard() {
    LifetimePolicy hour = new LifetimePolicy(Duration.ofHours(1));
    assertThat(hour.grant(60)).isEqualTo(Duration.ofMinutes(1));
    assertThat(hour.grant(86_400)).isEqualTo(Duration.ofHours(1));
    assertThat(hour.grant(0)).isEqualTo(Duration.ofHours(1));
  }
}
