package io.mooring.testkit.xds;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every row of the checklist has a test that names it, or a reason why it needs none. */
class XdsChecklistTest {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path TABLE = ROOT.resolve("mesh-xds").resolve("CONFORMANCE.md");
  private static final Pattern MARKED =
      Pattern.compile("@Row\\((?:\\{([^}]*)}|(\\d+))\\)[^;{]*?\\bvoid (\\w+)\\(", Pattern.DOTALL);

  private record Item(int number, String rule, Optional<String> whyNot) {}

  @Test
  void everyRowHasItsTestsOrItsReason() throws IOException {
    List<Item> items = items();
    SortedMap<Integer, SortedSet<String>> testsByRow = testsByRow();
    assertThat(items.stream().map(Item::number))
        .containsExactlyElementsOf(IntStream.rangeClosed(1, 170).boxed().toList());
    assertThat(items)
        .filteredOn(item -> item.whyNot().isEmpty() != testsByRow.containsKey(item.number()))
        .as("rows that lack a test, or have both a test and a reason why not")
        .isEmpty();
    String table = table(testsByRow);
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(TABLE, table);
    }
    assertThat(TABLE).as("rewrite it with -Dgolden.update=true").hasContent(table);
  }

  private static List<Item> items() {
    return lines().stream()
        .filter(line -> !line.startsWith("#"))
        .map(XdsChecklistTest::item)
        .toList();
  }

  private static Item item(String line) {
    String[] parts = line.split(" \\| ", -1);
    return new Item(
        Integer.parseInt(parts[0]),
        parts[1],
        parts.length == 3 ? Optional.of(parts[2]) : Optional.empty());
  }

  private static List<String> lines() {
    try (InputStream in = XdsChecklistTest.class.getResourceAsStream("checklist.txt")) {
      assertThat(in).isNotNull();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static SortedMap<Integer, SortedSet<String>> testsByRow() {
    SortedMap<Integer, SortedSet<String>> testsByRow = new TreeMap<>();
    try (Stream<Path> files = Files.walk(ROOT)) {
      for (Path file : files.filter(XdsChecklistTest::isTest).toList()) {
        String type = file.getFileName().toString().replace(".java", "");
        Matcher marked = MARKED.matcher(Files.readString(file));
        while (marked.find()) {
          String rows = marked.group(1) == null ? marked.group(2) : marked.group(1);
          for (String row : rows.split(",", -1)) {
            testsByRow
                .computeIfAbsent(Integer.parseInt(row.strip()), absent -> new TreeSet<>())
                .add(type + "." + marked.group(3));
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return testsByRow;
  }

  private static boolean isTest(Path file) {
    String path = ROOT.relativize(file).toString().replace('\\', '/');
    return path.contains("src/test/java/") && path.endsWith("Test.java");
  }

  private static String table(SortedMap<Integer, SortedSet<String>> testsByRow) {
    List<String> table = new ArrayList<>();
    table.add("# What an xDS server must satisfy, and the tests that prove it");
    table.add("");
    table.add(
        "Made by XdsChecklistTest of mesh-testkit, which fails if a row has no test; rewrite it");
    table.add("with -Dgolden.update=true. S: state of the world, D: delta.");
    for (String line : lines()) {
      if (line.startsWith("## ")) {
        table.add("");
        table.add(line);
        table.add("");
        table.add("| row | rule | tests |");
        table.add("|---|---|---|");
      } else if (!line.startsWith("#")) {
        Item item = item(line);
        table.add(
            "| %d | %s | %s |"
                .formatted(
                    item.number(),
                    item.rule(),
                    item.whyNot()
                        .map(reason -> "not applicable: " + reason)
                        .orElseGet(
                            () ->
                                String.join(
                                    "<br>",
                                    testsByRow.getOrDefault(item.number(), new TreeSet<>())))));
      }
    }
    return String.join("\n", table) + "\n";
  }
}
