package io.mooring.testkit;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Checks which package of a module may use which: the allowed arrows are data of the module's
 * {@code ArchitectureTest}.
 */
public final class PackageArrows {

  private PackageArrows() {}

  /**
   * Fails if a class of a package in {@code allowed} uses a Mooring package that its entry does not
   * name, if a package of the module has no entry, or if the arrows form a cycle.
   *
   * <p>Reads the module's own {@code target/classes}, so that it must run with the module as
   * working directory.
   *
   * @param allowed from a package to the packages it may use, both without the leading {@code
   *     io.mooring.}
   */
  public static void check(Map<String, Set<String>> allowed) {
    JavaClasses classes = new ClassFileImporter().importPath(Path.of("target", "classes"));
    List<String> problems = new ArrayList<>();
    Set<String> seen = new TreeSet<>();
    for (JavaClass type : classes) {
      String from = relative(type.getPackageName());
      if (seen.add(from) && !allowed.containsKey(from)) {
        problems.add("package " + from + " is not in the map of allowed arrows");
      }
      for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
        String target = dependency.getTargetClass().getBaseComponentType().getPackageName();
        String to = relative(target);
        if (target.startsWith("io.mooring.")
            && !to.equals(from)
            && !allowed.getOrDefault(from, Set.of()).contains(to)) {
          problems.add(from + " -> " + to + " is not allowed: " + dependency.getDescription());
        }
      }
    }
    findCycle(allowed).ifPresent(problems::add);
    if (seen.isEmpty()) {
      problems.add("no class found in target/classes");
    }
    if (!problems.isEmpty()) {
      throw new AssertionError(String.join(System.lineSeparator(), new TreeSet<>(problems)));
    }
  }

  private static String relative(String packageName) {
    return packageName.startsWith("io.mooring.")
        ? packageName.substring("io.mooring.".length())
        : packageName;
  }

  private static Optional<String> findCycle(Map<String, Set<String>> allowed) {
    Map<String, Set<String>> left = new TreeMap<>();
    allowed.forEach((from, to) -> left.put(from, new TreeSet<>(to)));
    boolean removed = true;
    while (removed) {
      Set<String> sinks = new TreeSet<>();
      left.forEach(
          (from, to) -> {
            to.retainAll(left.keySet());
            if (to.isEmpty()) {
              sinks.add(from);
            }
          });
      removed = left.keySet().removeAll(sinks);
    }
    return left.isEmpty()
        ? Optional.empty()
        : Optional.of("the allowed arrows form a cycle among " + left.keySet());
  }
}
