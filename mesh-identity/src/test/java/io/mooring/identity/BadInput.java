package io.mooring.identity;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Says which of the groups of hostile input a test is about; {@link BadInputTableTest}. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface BadInput {

  /** The numbers of the groups, 1 to 57. */
  int[] value();
}
