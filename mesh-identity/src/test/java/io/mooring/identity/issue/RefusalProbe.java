package io.mooring.identity.issue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.mooring.identity.attest.RefusalReason;
import io.mooring.identity.attest.RefusedException;
import io.mooring.identity.ca.InvalidCertificateRequestException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/**
 * Checks what every refusal must be: of its error class, audited once, without a certificate,
 * without a trace on disk, and without a secret in any text. Not thread-safe.
 */
public final class RefusalProbe {

  private final IssuerFixture fixture;
  private final Path directory;

  public RefusalProbe(IssuerFixture fixture, Path directory) {
    this.fixture = fixture;
    this.directory = directory;
  }

  /** Checks that {@code call} is refused for {@code reason}; {@code secrets} appear nowhere. */
  public Throwable refused(RefusalReason reason, ThrowingCallable call, String... secrets) {
    Map<String, String> before = files();
    int decisions = fixture.decisions.size();
    Throwable failure = catchThrowable(call);
    assertThat(failure).as("expected " + reason).isNotNull();
    switch (reason) {
      case BAD_REQUEST ->
          assertThat(failure).isInstanceOf(InvalidCertificateRequestException.class);
      case BAD_LIFETIME -> assertThat(failure).isInstanceOf(InvalidLifetimeException.class);
      default -> {
        assertThat(failure).isInstanceOf(RefusedException.class);
        assertThat(((RefusedException) failure).reason()).as(failure.toString()).isEqualTo(reason);
      }
    }
    assertThat(fixture.decisions).hasSize(decisions + 1);
    IssueEvent event = fixture.lastDecision();
    assertThat(event.refusal()).contains(reason);
    assertThat(event.serial()).isEmpty();
    assertThat(event.notAfter()).isEmpty();
    assertThat(files()).isEqualTo(before);
    StringWriter texts = new StringWriter();
    failure.printStackTrace(new PrintWriter(texts));
    texts.append(event.toString());
    for (String secret : secrets) {
      assertThat(texts.toString()).doesNotContain(secret);
    }
    return failure;
  }

  private Map<String, String> files() {
    try (Stream<Path> paths = Files.walk(directory)) {
      Map<String, String> contents = new TreeMap<>();
      for (Path path : paths.filter(Files::isRegularFile).toList()) {
        contents.put(path.toString(), Arrays.toString(Files.readAllBytes(path)));
      }
      return contents;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
