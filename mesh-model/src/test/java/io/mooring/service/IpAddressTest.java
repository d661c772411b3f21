package io.mooring.service;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpAddressTest {

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "10.0.0.255", "::", "::1", "fd00::1", "::ffff:10.0.0.1"})
  void isIp(String text) {
    assertThat(IpAddress.isIp(text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "vm.test",
        "10.0.0",
        "10.0.0.256",
        "10.0.0.1.",
        "10.0.0.x",
        "1",
        "10.0.0.1/32",
        "fd00:",
        "fd00::1::2",
        "fe80::1%eth0",
        "unix:///run/x.sock",
        "a:b",
        "[::1]",
        "١.1.1.1"
      })
  void isNoIp(String text) {
    assertThat(IpAddress.isIp(text)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "fd00::1, FD00:0:0::1, true",
    "fd00::1, fd00::2, false",
    "10.0.0.1, 10.0.0.1, true",
    "vm.test, vm.test, true"
  })
  void canonicalSpellingsAreEqualForEqualAddresses(String one, String other, boolean expected) {
    assertThat(IpAddress.canonical(one).equals(IpAddress.canonical(other))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.1/32, 10.0.0.1",
    "fd00::1/128, fd00::1",
    "10.0.0.0/24, 10.0.0.0/24",
    "fd00::/32, fd00::/32",
    "10.0.0.1, 10.0.0.1",
    "nonsense/32, nonsense/32"
  })
  void aBlockOfOneAddressLosesItsPrefix(String block, String expected) {
    assertThat(IpAddress.withoutFullPrefix(block)).isEqualTo(expected);
  }
}
