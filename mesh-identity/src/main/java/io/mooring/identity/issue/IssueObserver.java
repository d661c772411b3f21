package io.mooring.identity.issue;

/**
 * Is told of every grant and every refusal. Called on the thread of the request, by several at
 * once; must return soon. A grant whose observer throws is not handed out: no certificate without
 * its audit record.
 */
@FunctionalInterface
public interface IssueObserver {

  /** A certificate was signed, or refused. */
  void decided(IssueEvent event);

  /** Returns an observer that writes one INFO line for each decision. */
  static IssueObserver logging() {
    return new LoggingIssueObserver();
  }
}
