package io.mooring.model.validation;

import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Refuses expressions that RE2 would: a proxy rejects the whole resource that has one.
 *
 * <p>The JDK's own syntax, less what RE2 lacks (look-around, back references, possessive and atomic
 * groups), plus its {@code (?P<name>}. A real RE2 would be a dependency for this one question.
 *
 * @see <a href="https://github.com/google/re2/wiki/Syntax">RE2 syntax</a>
 */
final class RegexSyntax {

  private static final Pattern NOT_RE2 =
      Pattern.compile("\\(\\?(?:[=!>]|<[=!])|\\\\[1-9kGZ]|(?<!\\\\)[*+?}]\\+|\\(\\?#");

  private static final int MAX_LENGTH = 1024; // a proxy bounds the compiled program

  private RegexSyntax() {}

  /** Returns what is wrong with an expression; empty where nothing is. */
  static Optional<String> problem(String regex) {
    if (regex.length() > MAX_LENGTH) {
      return Optional.of("at most " + MAX_LENGTH + " characters");
    }
    String escapesOnly = regex.replace("\\\\", ""); // an escaped backslash escapes nothing
    java.util.regex.Matcher foreign = NOT_RE2.matcher(escapesOnly);
    if (foreign.find()) {
      return Optional.of("RE2 without " + Quoted.value(foreign.group()));
    }
    try {
      Pattern.compile(regex.replace("(?P<", "(?<"));
      return Optional.empty();
    } catch (PatternSyntaxException e) {
      return Optional.of("an RE2 expression: " + e.getDescription());
    } catch (StackOverflowError e) {
      return Optional.of("an RE2 expression with less nesting");
    }
  }
}
