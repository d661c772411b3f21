package io.mooring.examples.bookinfo;

import com.fasterxml.jackson.databind.JsonNode;
import io.mooring.examples.bookinfo.Browser.Reply;
import io.mooring.examples.bookinfo.account.Account;
import io.mooring.examples.bookinfo.account.Step;
import io.mooring.examples.bookinfo.account.StepFailedException;
import io.mooring.identity.agent.JoinRefusedException;
import io.mooring.identity.agent.VmAgent;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;

/** What the demo shows, step by step. Confined to one thread. */
final class Scenario {

  private static final Map<String, String> NOBODY = Map.of();
  private static final Map<String, String> JASON = Map.of("end-user", "jason");
  private static final String NEEDS_ENVOY = "needs Envoy";

  private final Account account;
  private final Mesh mesh;
  private final MeshFiles files;
  private final DataPlane dataPlane;
  private final Path bundles;
  private final List<Vm> vms;
  private final Vm productpage;
  private final Vm ratings;
  private final Browser browser;

  /**
   * Creates the scenario.
   *
   * @param bundles directory where the bootstrap files of the VMs go, one directory each
   */
  Scenario(
      Account account,
      Mesh mesh,
      MeshFiles files,
      DataPlane dataPlane,
      Path bundles,
      Bookinfo bookinfo) {
    this.account = account;
    this.mesh = mesh;
    this.files = files;
    this.dataPlane = dataPlane;
    this.bundles = bundles;
    this.vms = bookinfo.vms();
    this.productpage = bookinfo.vm("productpage");
    this.ratings = bookinfo.vm("ratings");
    this.browser = new Browser(productpage);
  }

  /**
   * Runs all steps; without VMs in the mesh there is nothing to show, so that a failed join ends
   * it.
   */
  void run() throws InterruptedException {
    if (!account.step(vms.size() + " VMs join, each with a token of its own", this::join)) {
      return;
    }
    account.step("a token that was used is refused", this::usedTokenIsRefused);
    if (!account.step("the product page is complete", this::page)) {
      return;
    }
    withTls("each program knows who called it, by SPIFFE ID", this::peers);
    withTls("mTLS becomes STRICT for ratings: plain text is refused", this::strict);
    account.step("live: reviews shift from v2 to half v2, half v3", this::half);
    account.step("live: all reviews shift to v3", this::allToV3);
    account.step("live: ratings are slow and broken for jason alone", this::fault);
    account.step("live: the fault is taken away", this::faultEnds);
    account.step("the VM of ratings goes away", this::vmLeaves);
    account.step("it comes back, without a token", this::vmReturns);
  }

  private void withTls(String title, Step step) throws InterruptedException {
    if (dataPlane.tls()) {
      account.step(title, step);
    } else {
      account.skip(title, NEEDS_ENVOY);
    }
  }

  private String join() throws Exception {
    for (Vm vm : vms) {
      mesh.writeBundle(vm, bundles.resolve(vm.name()));
    }
    ExecutorService machines = Executors.newFixedThreadPool(vms.size());
    try {
      List<Callable<String>> joins = new ArrayList<>();
      vms.forEach(vm -> joins.add(() -> dataPlane.join(vm, bundles.resolve(vm.name()))));
      List<Future<String>> spiffeIds = machines.invokeAll(joins);
      List<String> joined = new ArrayList<>();
      for (int i = 0; i < joins.size(); i++) {
        Vm vm = vms.get(i);
        String spiffeId = spiffeIds.get(i).get();
        require("identity of " + vm.name(), spiffeId, vm.spiffeId());
        joined.add("%-15s %-15s %s".formatted(vm.name(), vm.address(), spiffeId));
      }
      return String.join("\n", joined);
    } finally {
      machines.shutdownNow();
    }
  }

  private String usedTokenIsRefused() {
    try (VmAgent thief =
        VmAgent.builder()
            .bundle(bundles.resolve(ratings.name()))
            .state(bundles.resolve("thief"))
            .start()) {
      throw new StepFailedException("identity of the thief", thief.spiffeId(), "none");
    } catch (JoinRefusedException e) {
      return Objects.requireNonNullElse(e.getMessage(), "refused");
    }
  }

  private String page() throws Exception {
    for (Vm vm : vms) {
      Eventually.get(
          "endpoints of " + vm.app(),
          () -> mesh.endpoints(vm.host()),
          found -> found.contains(vm.address()),
          vm.address() + " among them");
    }
    Reply page =
        Eventually.get(
            "/productpage",
            browser::page,
            reply -> reply.status() == 200 && reply.body().contains("black"),
            "200 with black stars");
    product(NOBODY, "complete", Scenario::isComplete);
    return "GET http://%s:%d/productpage: 200, %d bytes; reviews v2 with black stars"
        .formatted(productpage.address(), productpage.port(), page.body().length());
  }

  private static boolean isComplete(JsonNode product) {
    return product.path("details").has("author")
        && product.path("reviews").path("reviews").size() == 2;
  }

  private String peers() throws Exception {
    JsonNode product = product(NOBODY, "complete", Scenario::isComplete);
    JsonNode reviews = product.path("reviews");
    String page = productpage.spiffeId();
    String reviewer = "spiffe://cluster.local/ns/bookinfo/sa/bookinfo-reviews";
    require("caller of details", product.path("details").path("calledBy").asText(), page);
    require("caller of reviews", reviews.path("calledBy").asText(), page);
    require("caller of ratings", reviews.path("ratingsCalledBy").asText(), reviewer);
    return """
        details was called by %s
        reviews was called by %s
        ratings was called by %s"""
        .formatted(page, page, reviewer);
  }

  private String strict() throws Exception {
    Reply before = browser.get(ratings, "/ratings/0", NOBODY);
    require("plain text to ratings while PERMISSIVE", before.status(), 200);
    files.write("ratings-strict.yaml", "ratings-strict.yaml", Map.of());
    Eventually.get(
        "plain text to ratings while STRICT",
        () -> browser.get(ratings, "/ratings/0", NOBODY),
        reply -> reply.status() == 0,
        "no answer");
    Reply after = browser.get(ratings, "/ratings/0", NOBODY);
    require("plain text to ratings on a new connection", after.status(), 0);
    product(NOBODY, "complete", product -> stars(product) > 0);
    return "plain text before: 200, after: %s\nthe page still has its stars"
        .formatted(after.body());
  }

  private String half() throws Exception {
    long start = System.nanoTime();
    weights(0, 50, 50);
    product(NOBODY, "from v3", product -> version(product).equals("v3"));
    long millis = millisSince(start);
    Map<String, Integer> counts = count(60);
    int v2 = counts.getOrDefault("v2", 0);
    int v3 = counts.getOrDefault("v3", 0);
    // Of 60 fair draws, fewer than 12 of a kind happen once in a million times.
    if (v2 < 12 || v3 < 12 || v2 + v3 != 60) {
      throw new StepFailedException("versions of 60 pages", counts, "v2 and v3, about 30 each");
    }
    return "first page from v3 after %d ms; then 60 pages: %s".formatted(millis, counts);
  }

  private String allToV3() throws Exception {
    long start = System.nanoTime();
    weights(0, 0, 100);
    Map<String, Integer> until = new TreeMap<>();
    int inARow = 0;
    while (inARow < 20) {
      String version = version(browser.product(NOBODY));
      until.merge(version, 1, Integer::sum);
      inARow = version.equals("v3") ? inARow + 1 : 0;
      if (System.nanoTime() - start > Eventually.PATIENCE.toNanos()) {
        throw new StepFailedException("versions", until, "v3 alone, in the end");
      }
    }
    Map<String, Integer> after = count(40);
    require("versions of 40 pages", after, Map.of("v3", 40));
    return "40 pages: " + after + "; every page was a 200 while it changed";
  }

  private String fault() throws Exception {
    files.write("ratings-fault.yaml", "ratings-fault.yaml", Map.of());
    JsonNode broken = product(JASON, "without ratings", product -> stars(product) == 0);
    long start = System.nanoTime();
    browser.product(JASON);
    long millis = millisSince(start);
    if (millis < 1_000) {
      throw new StepFailedException("milliseconds of jason's page", millis, "at least 1000");
    }
    product(Map.of("end-user", "eve"), "with stars", product -> stars(product) == 5);
    return "jason, after %d ms: %s\neveryone else: 5 stars"
        .formatted(millis, broken.at("/reviews/reviews/0/rating/error").asText());
  }

  private String faultEnds() throws Exception {
    files.delete("ratings-fault.yaml");
    product(JASON, "with stars", product -> stars(product) == 5);
    return "jason: 5 stars";
  }

  private String vmLeaves() throws Exception {
    dataPlane.leave(ratings);
    long start = System.nanoTime();
    List<String> inGrace = mesh.endpoints(ratings.host());
    require("endpoints of ratings within the grace period", inGrace, List.of(ratings.address()));
    Eventually.get(
        "endpoints of ratings",
        () -> mesh.endpoints(ratings.host()),
        List::isEmpty,
        "none after the grace period");
    long millis = millisSince(start);
    JsonNode product = product(NOBODY, "without ratings", page -> stars(page) == 0);
    require("the other reviews", isComplete(product), true);
    return "its endpoint was removed after %.1f s; the page says: %s"
        .formatted(millis / 1000.0, product.at("/reviews/reviews/0/rating/error").asText());
  }

  private String vmReturns() throws Exception {
    String spiffeId = dataPlane.join(ratings, bundles.resolve(ratings.name()));
    require("identity", spiffeId, ratings.spiffeId());
    Eventually.get(
        "endpoints of ratings",
        () -> mesh.endpoints(ratings.host()),
        found -> found.equals(List.of(ratings.address())),
        "it is back");
    product(NOBODY, "with stars", product -> stars(product) == 5);
    return spiffeId + ": 5 stars again";
  }

  private void weights(int v1, int v2, int v3) throws IOException {
    writeWeights(files, v1, v2, v3);
  }

  /** Writes the routing of reviews. */
  static void writeWeights(MeshFiles files, int v1, int v2, int v3) throws IOException {
    files.write(
        "reviews.yaml",
        "reviews.yaml",
        Map.of("v1", Integer.toString(v1), "v2", Integer.toString(v2), "v3", Integer.toString(v3)));
  }

  private Map<String, Integer> count(int pages) throws IOException, InterruptedException {
    Map<String, Integer> countByVersion = new TreeMap<>();
    for (int page = 0; page < pages; page++) {
      countByVersion.merge(version(browser.product(NOBODY)), 1, Integer::sum);
    }
    return countByVersion;
  }

  private JsonNode product(Map<String, String> headers, String expected, Predicate<JsonNode> right)
      throws Exception {
    return Eventually.get("the page", () -> browser.product(headers), right, expected);
  }

  private static long millisSince(long nanoTime) {
    return (System.nanoTime() - nanoTime) / 1_000_000;
  }

  private static String version(JsonNode product) {
    return product.path("reviews").path("version").asText();
  }

  private static int stars(JsonNode product) {
    return product.at("/reviews/reviews/0/rating/stars").asInt();
  }

  private static void require(String what, Object seen, Object expected) {
    if (!seen.equals(expected)) {
      throw new StepFailedException(what, seen, expected.toString());
    }
  }
}
