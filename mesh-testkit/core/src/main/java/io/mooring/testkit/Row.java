package io.mooring.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Names the rows of the xDS checklist that a test proves. The checklist, with the tests of each
 * row, is {@code mesh-xds/CONFORMANCE.md}; a test keeps it true.
 */
@Documented
@Retention(RetentionPolicy.SOURCE)
@Target(ElementType.METHOD)
public @interface Row {

  /** Returns the numbers of the rows. */
  int[] value();
}
