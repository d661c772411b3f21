package io.mooring.model.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.model.validation.Severity;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Texts that try to take time, memory or stack; each must end in few problems, soon: seconds where
 * the machine is idle, and what is quadratic never ends.
 */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class HostileInputTest {

  private static final String HEAD =
      "apiVersion: networking.istio.io/v1\nkind: WorkloadEntry\nmetadata: {name: a}\n";
  private static final int DEPTH = 100_000;
  private static final int TEN_MILLION = 10_000_000;
  private static final int MANY = 40_000;

  private final ConfigCodec codec = new ConfigCodec();

  @Test
  void aliasBombIsStoppedAtItsFuse() {
    StringBuilder bomb = new StringBuilder(HEAD + "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 30; i++) {
      bomb.append("a").append(i).append(": &a").append(i).append(" [");
      bomb.append(("*a" + (i - 1) + ", ").repeat(10)).append("]\n");
    }

    Problem problem = onlyProblem("bomb.yaml", bomb.toString());

    assertThat(problem.code()).isEqualTo(Problem.Code.LIMIT);
    assertThat(problem.message()).isEqualTo("aliases stand for more than 500000 values");
    assertThat(problem.object()).isPresent();
  }

  @Test
  void mergeBombIsStopped() {
    StringBuilder bomb = new StringBuilder(HEAD + "m0: &m0 {a: b}\n");
    for (int i = 1; i < 100; i++) {
      bomb.append("m")
          .append(i)
          .append(": &m")
          .append(i)
          .append(" {k")
          .append(i)
          .append(": {<<: *m");
      bomb.append(i - 1).append("}, l").append(i).append(": {<<: *m").append(i - 1).append("}}\n");
    }

    assertThat(onlyProblem("bomb.yaml", bomb.toString()).code()).isEqualTo(Problem.Code.LIMIT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "{a: ", "- ", "? ", "[{a: "})
  void nestingWithoutEndIsRefused(String level) {
    Problem problem = onlyProblem("deep.yaml", HEAD + "---\n" + level.repeat(DEPTH), 2);

    assertThat(problem.code()).isIn(Problem.Code.LIMIT, Problem.Code.SYNTAX);
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "{\"a\": "})
  void jsonNestingWithoutEndIsRefused(String level) {
    Problem problem = onlyProblem("deep.json", level.repeat(DEPTH));

    assertThat(problem.code()).isEqualTo(Problem.Code.LIMIT);
    assertThat(problem.message()).isEqualTo("nested deeper than 64 levels");
  }

  @Test
  void nestedSequencesByIndentationAreRefused() {
    StringBuilder text = new StringBuilder(HEAD);
    for (int i = 0; i < 2_000; i++) {
      text.append(" ".repeat(i)).append("a:\n");
    }

    assertThat(onlyProblem("deep.yaml", text.toString()).code()).isEqualTo(Problem.Code.LIMIT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"%s", "\"%s\"", "|\n    %s"})
  void hugeScalarIsShownShortened(String style) {
    String text = HEAD + "spec:\n  address: " + style.formatted("x".repeat(TEN_MILLION)) + "\n";

    Problem problem = onlyProblem("huge.yaml", text);

    assertThat(problem.path()).isEqualTo("spec.address");
    assertThat(problem.toString()).hasSizeLessThan(300);
  }

  @Test
  void hugeKeyIsShownShortened() {
    Problem problem =
        onlyProblem(
            "huge.yaml", HEAD + "spec:\n  ? \"" + "k".repeat(TEN_MILLION) + "\"\n  : v\n", 2);

    assertThat(problem.toString()).hasSizeLessThan(500);
  }

  @Test
  void hugeNumberIsNoNumber() {
    String text = HEAD + "spec: {address: 10.0.0.1, weight: " + "9".repeat(1_000_000) + "}\n";

    assertThat(onlyProblem("huge.yaml", text).message()).endsWith(" (expected: a whole number)");
  }

  @Test
  void hugeExponentIsNoNumber() {
    String text =
        HEAD.replace("WorkloadEntry", "VirtualService")
            + "spec:\n  hosts: [a]\n  http:\n  - mirrorPercentage: {value: 1e999999999}\n"
            + "    route: [{destination: {host: a}}]\n";

    assertThat(onlyProblem("huge.yaml", text).message())
        .isEqualTo("'1e999999999' is a number (expected: a number)");
  }

  @Test
  void manyBrokenDocumentsAreCounted() {
    String text = (HEAD + "spec: {adress: 10.0.0.1}\n---\n").repeat(MANY);

    ParsedConfig config = codec.parse("many.yaml", text);

    assertThat(config.problems()).hasSize(ProblemCollector.MAX_PROBLEMS + 1);
    assertThat(config.problems().get(ProblemCollector.MAX_PROBLEMS))
        .returns(Severity.ERROR, Problem::severity)
        .returns(Problem.Code.LIMIT, Problem::code)
        .returns(
            (MANY - 1000) + " more problems left out (limit: 1000 per file)", Problem::message);
  }

  @Test
  void manyErrorsInOneDocumentAreCounted() {
    StringBuilder text = new StringBuilder(HEAD + "spec:\n");
    for (int i = 0; i < MANY; i++) {
      text.append("  adress").append(i).append(": x\n");
    }

    ParsedConfig config = codec.parse("many.yaml", text.toString());

    assertThat(config.objects()).isEmpty();
    assertThat(config.problems()).hasSize(ProblemCollector.MAX_PROBLEMS + 1);
  }

  @Test
  void manyBrokenRulesInOneDocumentAreCounted() {
    StringBuilder text = new StringBuilder(HEAD + "spec:\n  address: 10.0.0.1\n  labels:\n");
    for (int i = 0; i < MANY; i++) {
      text.append("    a").append(i).append(": x y\n");
    }

    ParsedConfig config = codec.parse("many.yaml", text.toString());

    assertThat(config.objects()).isEmpty();
    assertThat(config.problems()).hasSize(ProblemCollector.MAX_PROBLEMS + 1);
  }

  @Test
  void duplicateKeysAreCounted() {
    ParsedConfig config =
        codec.parse("many.yaml", HEAD + "spec:\n" + "  address: 10.0.0.1\n".repeat(MANY));

    assertThat(config.problems()).hasSize(ProblemCollector.MAX_PROBLEMS + 1);
  }

  @Test
  void controlCharactersDoNotReachTheTerminal() {
    String text = HEAD + "spec: {\"\\e[31mred\\n\": 1, address: \"\\e]0;x\\a\\u202e\"}\n";

    assertThat(codec.parse("evil.yaml", text).problems())
        .map(Problem::toString)
        .allSatisfy(line -> assertThat(line).doesNotContainPattern("[\\p{Cc}\\p{Cf}]"));
  }

  @Test
  void expressionThatNestsWithoutEndIsRefused() {
    String text =
        HEAD.replace("WorkloadEntry", "VirtualService")
            + "spec:\n  hosts: [a]\n  http:\n  - match: [{uri: {regex: \""
            + "(".repeat(DEPTH)
            + ")".repeat(DEPTH)
            + "\"}}]\n    route: [{destination: {host: a}}]\n";

    assertThat(onlyProblem("regex.yaml", text).path()).isEqualTo("spec.http[0].match[0].uri.regex");
  }

  private Problem onlyProblem(String file, String text) {
    return onlyProblem(file, text, 1);
  }

  /** The last of so many problems. */
  private Problem onlyProblem(String file, String text, int count) {
    ParsedConfig config = codec.parse(file, text);
    assertThat(config.objects()).isEmpty();
    assertThat(config.problems()).hasSize(count);
    return config.problems().get(count - 1);
  }
}
