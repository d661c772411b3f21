package io.mooring.model.spiffe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Locale;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The sentences of SPIFFE-ID, byte by byte. */
class SpiffeIdTest {

  private static final String ALLOWED =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";

  @Tag("ID-1")
  @Tag("ID-2")
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "spiffe",
        "spiffe:",
        "spiffe:/",
        "spiffe:td",
        "//td/a",
        "td/a",
        "http://td/a",
        "SPIFFE://td/a",
        "Spiffe://td/a",
        " spiffe://td/a",
        "spiffes://td/a",
        "spiffe:///a"
      })
  void schemeAndTrustDomainAreRequired(String text) {
    refused(text); // SPIFFE-ID 2: scheme spiffe, non-zero trust domain name
  }

  @Tag("ID-1")
  @Tag("ID-3")
  @ParameterizedTest
  @ValueSource(
      strings = {
        "spiffe://td/a?q",
        "spiffe://td/a#f",
        "spiffe://td?q",
        "spiffe://td#f",
        "spiffe://td/a?",
        "spiffe://user@td/a",
        "spiffe://user:pw@td/a",
        "spiffe://td:80/a",
        "spiffe://td:/a",
        "spiffe://@td/a"
      })
  void queryFragmentUserInfoAndPortAreRefused(String text) {
    refused(text); // SPIFFE-ID 2 and 2.1
  }

  @Tag("ID-4")
  @Tag("ID-5")
  @Tag("ID-6")
  @ParameterizedTest
  @ValueSource(
      strings = {
        "spiffe://TD/a",
        "spiffe://t%64/a",
        "spiffe://t\u00e4/a",
        "spiffe://[::1]/a",
        "spiffe://t d/a",
        "spiffe://td!/a",
        "spiffe://td~/a",
        "spiffe://td\u0000/a"
      })
  void trustDomainHasLowerCaseLettersDigitsDotsDashesUnderscores(String text) {
    refused(text); // SPIFFE-ID 2.1
  }

  @Tag("ID-7")
  @ParameterizedTest
  @ValueSource(
      strings = {
        "spiffe://10.0.0.1/a",
        "spiffe://td./a",
        "spiffe://.td/a",
        "spiffe://my_domain/a",
        "spiffe://a..b/a",
        "spiffe://-a-/a",
        "spiffe://999.1.1.1/a",
        "spiffe://-/a",
        "spiffe://_/a",
        "spiffe://..../a",
        "spiffe://1/a"
      })
  void trustDomainIsNotReadAsAddressOrDnsName(String text) {
    assertThat(SpiffeId.parse(text)).hasToString(text); // SPIFFE-ID 2.1, last sentence
  }

  @Tag("ID-9")
  @Tag("ID-10")
  @ParameterizedTest
  @ValueSource(
      strings = {
        "spiffe://td/",
        "spiffe://td//",
        "spiffe://td//a",
        "spiffe://td/a/",
        "spiffe://td/a//b",
        "spiffe://td/.",
        "spiffe://td/..",
        "spiffe://td/a/./b",
        "spiffe://td/a/../b"
      })
  void emptyAndRelativeSegmentsAndTrailingSlashAreRefused(String text) {
    refused(text); // SPIFFE-ID 2.2
  }

  @ParameterizedTest
  @ValueSource(strings = {"spiffe://td/...", "spiffe://td/.a", "spiffe://td/a..b", "spiffe://td"})
  void segmentsOfOtherDotsAreAllowed(String text) {
    assertThat(SpiffeId.parse(text)).hasToString(text);
  }

  @Tag("ID-11")
  @Test
  void everyByteOfAPathIsCheckedAlone() {
    for (int c = 0; c < 256; c++) { // SPIFFE-ID 2.2
      String text = "spiffe://td/a" + (char) c + "b";
      if (ALLOWED.indexOf(c) >= 0 || c == '/') {
        assertThat(SpiffeId.parse(text)).hasToString(text);
      } else {
        refused(text);
      }
    }
  }

  @Test
  void everyByteOfATrustDomainIsCheckedAlone() {
    for (int c = 0; c < 256; c++) { // SPIFFE-ID 2.1
      String name = "a" + (char) c + "b";
      if (ALLOWED.indexOf(c) >= 0 && !Character.isUpperCase(c)) {
        assertThat(new TrustDomain(name).name()).isEqualTo(name);
      } else {
        assertThatThrownBy(() -> new TrustDomain(name))
            .isInstanceOf(InvalidSpiffeIdException.class);
      }
    }
  }

  @Tag("ID-8")
  @ParameterizedTest
  @ValueSource(strings = {"%61", "a%2fb", "%2e%2e", "%"})
  void percentEncodingIsRefused(String segment) {
    refused("spiffe://td/" + segment); // SPIFFE-ID 2.2
  }

  @Tag("ID-12")
  @ParameterizedTest
  @CsvSource({"2048, true", "2049, false"})
  void idHasAtMost2048Bytes(int length, boolean accepted) {
    String text = "spiffe://td/" + "a".repeat(length - "spiffe://td/".length());
    if (accepted) {
      assertThat(SpiffeId.parse(text).toString()).hasSize(length); // SPIFFE-ID 2.3
    } else {
      assertThatThrownBy(() -> SpiffeId.parse(text))
          .isInstanceOf(InvalidSpiffeIdException.class)
          .hasMessageContaining("longer than 2048 bytes")
          .message()
          .hasSizeLessThan(200);
    }
  }

  @ParameterizedTest
  @CsvSource({"1, true", "255, true", "256, false", "0, false"})
  void trustDomainHasAtMost255Bytes(int length, boolean accepted) {
    String name = "a".repeat(length);
    if (accepted) {
      assertThat(new TrustDomain(name).name()).isEqualTo(name); // SPIFFE-ID 2.3
    } else {
      assertThatThrownBy(() -> new TrustDomain(name))
          .isInstanceOf(InvalidSpiffeIdException.class)
          .message()
          .hasSizeLessThan(400);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sp\u0131ffe://td/a", // equals "spiffe" where case is ignored
        "SPIFFE://td/a",
        "spiffe://T\u0130/a", // lower case of it is i
        "spiffe://\u212A/a", // lower case of it is k
        "spiffe://td/\uFF41",
        "spiffe://td/a\u0301",
        "spiffe://td/a\n",
        "spiffe://td/a,spiffe://td/b"
      })
  void nothingIsFoldedInAnyLocale(String text) {
    Locale before = Locale.getDefault();
    try {
      for (String language : List.of("en", "tr", "lt")) {
        Locale.setDefault(Locale.forLanguageTag(language));
        refused(text);
        assertThat(SpiffeId.parse("spiffe://td/I")).hasToString("spiffe://td/I");
      }
    } finally {
      Locale.setDefault(before);
    }
  }

  /** Rows of the tables that go-spiffe and java-spiffe test themselves with. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "s",
        "siffe://trust-domain.org/path1/path2",
        "192.168.2.2:6688",
        "://domain.test",
        "/path/element",
        "spiffe:path/element",
        "spiffe:/trustdomain/path",
        "spiffe://",
        "spiffe:///",
        "spiffe://trust-domain.org/path1/path2 ",
        "spiffe:// domain.test ",
        "spiffe://domain.test/spiffe://domain.test:80/path/element",
        "spiffe://domain.test/path/element?query=1",
        "spiffe://domain.test/path/element?#fragment-1",
        "spiffe://domain.test/path/elem%5uent",
        "spiffe://%F0%9F%A4%AF/path",
        "spiffe://trustdomain/%F0%9F%A4%AF",
        "spiffe://trustdomain/path$",
        "spiffe://trust$domain"
      })
  void whatOtherLibrariesRefuseIsRefused(String text) {
    refused(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "spiffe://trustdomain/.path",
        "spiffe://trustdomain/..path",
        "spiffe://trustdomain/PATH1/PATH2",
        "spiffe://trustdomain/9eebccd2-12bf-40a6-b262-65fe0487d453"
      })
  void whatOtherLibrariesAcceptIsAccepted(String text) {
    assertThat(SpiffeId.parse(text)).hasToString(text);
  }

  @Test
  void hugeTextIsShownShortened() {
    for (String text :
        new String[] {
          "x".repeat(10_000_000),
          "spiffe://" + "a".repeat(10_000_000),
          "spiffe://td/?".repeat(9_999)
        }) {
      assertThatThrownBy(() -> SpiffeId.parse(text))
          .isInstanceOf(InvalidSpiffeIdException.class)
          .message()
          .hasSizeLessThan(400);
    }
  }

  @Test
  void workloadIdIsIstios() {
    assertThat(new TrustDomain("cluster.local").workload("demo", "ratings"))
        .hasToString("spiffe://cluster.local/ns/demo/sa/ratings");
  }

  @Test
  void workloadNamesCannotAddSegments() {
    TrustDomain domain = new TrustDomain("td");

    assertThatThrownBy(() -> domain.workload("a/sa/b", "c"))
        .isInstanceOf(InvalidSpiffeIdException.class)
        .hasMessageContaining("a/sa/b");
    assertThatThrownBy(() -> domain.workload("", "c")).isInstanceOf(InvalidSpiffeIdException.class);
    assertThatThrownBy(() -> domain.workload("a", "c/d"))
        .isInstanceOf(InvalidSpiffeIdException.class);
    assertThatThrownBy(() -> domain.workload("..", "c"))
        .isInstanceOf(InvalidSpiffeIdException.class);
  }

  @Property
  void parsingWhatWasPrintedGivesTheSame(
      @ForAll("domains") String domain, @ForAll("paths") String path) {
    SpiffeId id = new SpiffeId(new TrustDomain(domain), path);

    assertThat(SpiffeId.parse(id.toString())).isEqualTo(id);
  }

  @Property
  void whateverIsAcceptedIsPrintedByteForByte(@ForAll String tail) {
    String text = "spiffe://" + tail;
    try {
      assertThat(SpiffeId.parse(text)).hasToString(text);
    } catch (InvalidSpiffeIdException e) {
      assertThat(e).hasMessageStartingWith("invalid SPIFFE ID '");
    }
  }

  @Test
  void orderIsThatOfTheText() {
    assertThat(SpiffeId.parse("spiffe://a/b")).isLessThan(SpiffeId.parse("spiffe://a/c"));
    assertThat(SpiffeId.parse("spiffe://a/z")).isLessThan(SpiffeId.parse("spiffe://b"));
  }

  @Provide
  Arbitrary<String> domains() {
    return Arbitraries.strings().withChars("abcxyz019.-_").ofMinLength(1).ofMaxLength(40);
  }

  @Provide
  Arbitrary<String> paths() {
    return Arbitraries.strings()
        .withChars(ALLOWED)
        .ofMinLength(1)
        .ofMaxLength(20)
        .filter(segment -> !segment.equals(".") && !segment.equals(".."))
        .map(segment -> "/" + segment)
        .list()
        .ofMaxSize(5)
        .map(segments -> String.join("", segments));
  }

  private static void refused(String text) {
    assertThatThrownBy(() -> SpiffeId.parse(text))
        .as(text)
        .isInstanceOf(InvalidSpiffeIdException.class);
  }
}
