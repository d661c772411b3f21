package io.mooring.identity.enroll;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.identity.enroll.SharedStore.Transition;
import io.mooring.service.AdminState;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;

/** Random histories of two replicas on one store, against a simple model. */
class LifecycleHistoryTest {

  private static final Set<Transition> SEEN = EnumSet.noneOf(Transition.class);

  /** One thing that happens; its text is what a failed property prints. */
  record Event(String text, Consumer<World> happens) {
    @Override
    public String toString() {
      return text;
    }
  }

  @Property(tries = 600)
  void nobodyAliveIsDroppedAndNothingLeaks(@ForAll("histories") List<Event> history) {
    World world = new World();
    for (Event event : history) {
      event.happens().accept(world);
      world.checkSafety();
    }
    world.checkEnd();
    world.checkNothingLeaks();
    SEEN.addAll(world.seen);
  }

  /** The one arrow that random histories seldom take. */
  @Example
  void vmThatComesBackAfterItHasDepartedIsStillDraining() {
    World world = new World();
    world.connect(0, 0);
    world.administer(0, 0, AdminState.DRAINING);
    world.disconnect(0, 0);
    world.pass(Duration.ofMinutes(2));
    world.connect(0, 0);
    world.checkSafety();
    assertThat(world.seen).contains(Transition.DEPARTED, Transition.BACK_AFTER_IT_HAD_DEPARTED);
    SEEN.addAll(world.seen);
  }

  /** The end of a half-open stream is no second leave-taking: the VM is on its way back. */
  @Example
  void vmOfAReplicaThatHasGoneHasTheWholeWindowWhereverItHadHalfOpenStreams() {
    World world = new World();
    world.connect(0, 0);
    world.connect(0, 1);
    world.pauseOrResume(0);
    world.pass(Duration.ofSeconds(6));
    world.disconnect(0, 0); // which r0 does not see yet
    world.crashOrStart(1, true);
    world.pauseOrResume(0);
    for (int second = 0; second < 30; second++) {
      world.pass(Duration.ofSeconds(1));
      world.checkSafety();
    }
    world.checkEnd();
    world.checkNothingLeaks();
  }

  /** Histories that leave out an arrow of the documented picture prove nothing of it. */
  @AfterContainer
  static void everyTransitionOfThePictureWasTaken() {
    assertThat(SEEN).containsExactlyInAnyOrder(Transition.values());
  }

  @Provide
  Arbitrary<List<Event>> histories() {
    Arbitrary<Integer> vm = Arbitraries.integers().between(0, World.VMS - 1);
    Arbitrary<Integer> replica = Arbitraries.integers().between(0, 1);
    return Arbitraries.frequencyOf(
            Tuple.of(
                8,
                Combinators.combine(vm, replica)
                    .as((v, r) -> new Event("connect vm" + v + " r" + r, w -> w.connect(v, r)))),
            Tuple.of(
                4,
                Combinators.combine(vm, replica)
                    .as(
                        (v, r) ->
                            new Event("disconnect vm" + v + " r" + r, w -> w.disconnect(v, r)))),
            Tuple.of(
                3,
                Combinators.combine(vm, replica)
                    .as((v, r) -> new Event("move vm" + v + " to r" + r, w -> w.move(v, r)))),
            Tuple.of(
                2,
                Combinators.combine(vm, replica)
                    .as(
                        (v, r) ->
                            new Event("renumber vm" + v + " at r" + r, w -> w.renumber(v, r)))),
            Tuple.of(2, vm.map(v -> new Event("crash vm" + v, w -> w.crashVm(v)))),
            Tuple.of(
                3,
                Combinators.combine(replica, Arbitraries.of(true, false))
                    .as(
                        (r, g) ->
                            new Event(
                                (g ? "stop" : "crash") + " or start r" + r,
                                w -> w.crashOrStart(r, g)))),
            Tuple.of(
                2, replica.map(r -> new Event("pause or resume r" + r, w -> w.pauseOrResume(r)))),
            Tuple.of(
                1,
                replica.map(
                    r -> new Event("break or mend store of r" + r, w -> w.breakOrMendStore(r)))),
            Tuple.of(2, Arbitraries.just(new Event("edit group", World::editGroup))),
            Tuple.of(1, Arbitraries.just(new Event("delete group", World::deleteGroup))),
            Tuple.of(
                2,
                Combinators.combine(vm, replica, Arbitraries.of(true, false))
                    .as(
                        (v, r, h) ->
                            new Event(
                                "report vm" + v + " r" + r + " " + h, w -> w.report(v, r, h)))),
            Tuple.of(
                2,
                Combinators.combine(vm, replica, Arbitraries.of(AdminState.class))
                    .as(
                        (v, r, a) ->
                            new Event(a + " vm" + v + " at r" + r, w -> w.administer(v, r, a)))),
            Tuple.of(
                1,
                Arbitraries.integers()
                    .between(-100_000, 100_000)
                    .map(s -> new Event("step clock " + s + " s", w -> w.stepClock(s)))),
            Tuple.of(
                8,
                Arbitraries.integers()
                    .between(1, 45_000)
                    .map(
                        ms -> new Event("pass " + ms + " ms", w -> w.pass(Duration.ofMillis(ms))))))
        .list()
        .ofMaxSize(80);
  }
}
