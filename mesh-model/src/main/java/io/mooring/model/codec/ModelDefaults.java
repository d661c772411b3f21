package io.mooring.model.codec;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;

/** The value of a model type of which nothing is set. */
final class ModelDefaults {

  private ModelDefaults() {}

  /** Returns what {@code Type.builder().build()} returns; no attribute of the model is required. */
  static Object of(Class<?> type) {
    try {
      Object builder = type.getMethod("builder").invoke(null);
      Method build = builder.getClass().getMethod("build");
      build.setAccessible(true); // declared by the generated class, which is package-private
      return build.invoke(builder);
    } catch (NoSuchMethodException | IllegalAccessException e) {
      throw new IllegalArgumentException(
          type.getName() + " is no model type (expected: a static builder())", e);
    } catch (InvocationTargetException e) {
      throw new IllegalArgumentException(
          type.getName() + " cannot be built without attributes", e.getCause());
    }
  }
}
