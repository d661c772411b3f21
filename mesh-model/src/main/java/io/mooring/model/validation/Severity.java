package io.mooring.model.validation;

/** How bad a finding is. */
public enum Severity {
  /** The object is refused. */
  ERROR,
  /** The object is accepted, and probably not what its author meant. */
  WARNING
}
