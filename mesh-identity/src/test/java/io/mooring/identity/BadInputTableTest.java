package io.mooring.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.platform.commons.support.ReflectionSupport;

/** Keeps the table of hostile input without gaps: every group has a test that runs. */
class BadInputTableTest {

  private static final int GROUPS = 57;
  private static final Set<String> TESTS = Set.of("Test", "ParameterizedTest", "Property");

  @Test
  void everyGroupOfBadInputHasATest() {
    Map<Integer, Set<String>> testsByGroup = new TreeMap<>();
    for (Class<?> type :
        ReflectionSupport.findAllClassesInPackage(
            "io.mooring.identity", c -> true, name -> name.endsWith("Test"))) {
      for (Method method : type.getDeclaredMethods()) {
        BadInput badInput = method.getAnnotation(BadInput.class);
        for (int group : badInput == null ? new int[0] : badInput.value()) {
          assertThat(isTest(method)).as(method + " is a test").isTrue();
          testsByGroup
              .computeIfAbsent(group, none -> new TreeSet<>())
              .add(type.getSimpleName() + "." + method.getName());
        }
      }
    }
    assertThat(testsByGroup.keySet())
        .as("groups with a test, of %s", testsByGroup)
        .isEqualTo(
            IntStream.rangeClosed(1, GROUPS)
                .boxed()
                .collect(Collectors.toCollection(TreeSet::new)));
  }

  private static boolean isTest(Method method) {
    for (Annotation annotation : method.getAnnotations()) {
      if (TESTS.contains(annotation.annotationType().getSimpleName())) {
        return true;
      }
    }
    return false;
  }
}
