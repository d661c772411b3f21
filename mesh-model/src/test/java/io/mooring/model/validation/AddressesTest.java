package io.mooring.model.validation;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressesTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1",
        "1.2.3",
        "1.2.3.4.5",
        "1.2.3.256",
        "01.2.3.4",
        "1.2.3.-4",
        "a.b.c.d",
        "1.2.3.4/32",
        ":",
        ":::",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "1::2::3",
        "12345::",
        "g::",
        "fe80::1%eth0",
        "1.2.3.4::",
        "::1.2.3",
        "1:2:3:4:5:6:7::8",
        "[::1]"
      })
  void whatIsNoIpIsRefused(String text) {
    assertThat(Addresses.isIp(text)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0",
        "255.255.255.255",
        "::",
        "::1",
        "1::",
        "fe80::1",
        "2001:DB8::a:b",
        "1:2:3:4:5:6:7:8",
        "::ffff:10.0.0.1",
        "1:2:3:4:5:6:10.0.0.1",
        "1:2:3:4:5:6:7::"
      })
  void ipsOfBothFamiliesAreKnown(String text) {
    assertThat(Addresses.isIp(text)).isTrue();
  }

  @Property
  void whateverTheJdkPrintsIsAnIp(@ForAll @Size(16) byte[] bytes) throws UnknownHostException {
    assertThat(Addresses.isIp(InetAddress.getByAddress(bytes).getHostAddress())).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "::/129", "/8", "a/8", "10.0.0.0/-1"})
  void whatIsNoBlockIsRefused(String text) {
    assertThat(Addresses.isCidr(text)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.0/0", "10.0.0.0/32", "::/0", "fd00::/128"})
  void blocksOfBothFamiliesAreKnown(String text) {
    assertThat(Addresses.isCidr(text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"unix://", "unix:///", "unix://@", "unix://run/x", "unix:///run/"})
  void whatIsNoSocketIsRefused(String text) {
    assertThat(Addresses.looksUnix(text)).isTrue();
    assertThat(Addresses.isUnix(text)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"unix:///run/x.sock", "unix://@abstract"})
  void socketsAreKnown(String text) {
    assertThat(Addresses.isUnix(text)).isTrue();
  }
}
