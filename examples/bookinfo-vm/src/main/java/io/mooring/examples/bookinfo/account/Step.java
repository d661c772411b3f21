package io.mooring.examples.bookinfo.account;

/** What one step does. */
@FunctionalInterface
public interface Step {

  /**
   * Does it.
   *
   * @return what was seen, for people: one line, or several of equal kind
   * @throws StepFailedException if something else was seen than expected
   * @throws Exception if it could not be done, which fails the step just as well
   */
  String run() throws Exception;
}
