package io.mooring.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PemTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-----BEGIN A-----",
        "-----BEGIN A-----\nAAAA\n-----END B-----\n",
        "-----BEGIN A-----\nAA\u0000AA\n-----END A-----\n",
        "-----BEGIN A-----\nAAAA\n-----END A-----\n-----BEGIN A-----\nAAAA\n-----END A-----\n",
        "-----BEGIN A-----\nAAAA\n-----END A-----\ntrailing",
        "leading\n-----BEGIN A-----\nAAAA\n-----END A-----\n",
        "-----BEGIN a-----\nAAAA\n-----END a-----\n"
      })
  void whatIsNotExactlyOneBlockIsRefused(String text) {
    assertThatThrownBy(() -> Pem.decode("A", text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("exactly one");
  }

  @Test
  void anotherLabelIsRefusedByName() {
    assertThatThrownBy(() -> Pem.decode("CERTIFICATE", Pem.encode("PRIVATE KEY", new byte[] {7})))
        .hasMessageContaining("'PRIVATE KEY'")
        .hasMessageContaining("expected: 'CERTIFICATE'");
  }

  @Test
  void refusalNeverQuotesTheContent() {
    String secret = "c2VjcmV0c2VjcmV0c2VjcmV0";
    assertThatThrownBy(
            () -> Pem.decode("A", "-----BEGIN A-----\n" + secret + "\n-----END A-----\nx"))
        .hasMessageNotContaining(secret);
  }

  @Test
  void textWithoutCertificateIsRefused() {
    assertThatThrownBy(() -> Pem.certificates("hello"))
        .hasMessageContaining("no certificate in 5 characters");
    String key = Pem.encode("PRIVATE KEY", new byte[] {7});
    assertThatThrownBy(() -> Pem.certificates(key)).hasMessageContaining("'PRIVATE KEY'");
  }

  @Test
  void bytesThatAreNoCertificateAreRefused() {
    assertThatThrownBy(() -> Pem.certificates(Pem.encode("CERTIFICATE", new byte[] {1, 2, 3})))
        .hasMessageContaining("unreadable X.509 certificate of 3 bytes");
  }

  @Test
  void certificatesKeepTheirOrder() {
    var one = new CertificateForge().uri("spiffe://td/a").forge();
    var other = CertificateForge.root();
    assertThat(Pem.certificates(Pem.encode(List.of(one, other)))).containsExactly(one, other);
  }

  /** The JDK reads the certificate and leaves the rest; go-spiffe refuses such a file. */
  @Test
  void dataAfterACertificateInsideItsBlockIsRefused() throws Exception {
    byte[] der = CertificateForge.root().getEncoded();
    for (int tail : new int[] {1, 48}) {
      String pem = Pem.encode("CERTIFICATE", Arrays.copyOf(der, der.length + tail));
      assertThatThrownBy(() -> Pem.certificates(pem))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("nothing after it");
    }
    String cut = Pem.encode("CERTIFICATE", Arrays.copyOf(der, der.length - 1));
    assertThatThrownBy(() -> Pem.certificates(cut)).hasMessageContaining("unreadable");
  }

  @Test
  void brokenBlockBesideGoodOnesIsNotPassedOver() {
    String good = Pem.encode(List.of(CertificateForge.root()));
    for (String broken :
        List.of(
            good.replace("-----END CERTIFICATE-----", "-----END X-----"),
            good.replace("-----END CERTIFICATE-----", ""),
            good.replace("-----BEGIN CERTIFICATE-----", ""),
            good.replaceFirst("M", "!"))) {
      for (String text : List.of(good + broken, broken + good)) {
        assertThatThrownBy(() -> Pem.certificates(text))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("broken PEM block");
      }
    }
    assertThat(Pem.certificates("# made by hand\n" + good + "\ntext\n" + good)).hasSize(2);
  }

  @Property
  void decodeUndoesEncode(@ForAll @Size(max = 300) byte[] content) {
    assertThat(Pem.decode("A", Pem.encode("A", content))).isEqualTo(content);
  }
}
