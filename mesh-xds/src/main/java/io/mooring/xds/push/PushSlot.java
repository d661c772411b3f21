package io.mooring.xds.push;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Work that runs on an executor, never twice at once, with at most one piece waiting: what arrives
 * meanwhile is merged into it. Thread-safe, without locks. The executor's own queue makes the slots
 * take turns.
 */
final class PushSlot<C> {

  private final AtomicReference<@Nullable C> pending = new AtomicReference<>();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final Executor executor;
  private final BinaryOperator<C> merge;
  private final Consumer<C> work;

  PushSlot(Executor executor, BinaryOperator<C> merge, Consumer<C> work) {
    this.executor = executor;
    this.merge = merge;
    this.work = work;
  }

  void add(C change) {
    pending.accumulateAndGet(
        change, (older, newer) -> older == null ? newer : merge.apply(older, newer));
    schedule();
  }

  private void schedule() {
    if (pending.get() != null && scheduled.compareAndSet(false, true)) {
      executor.execute(this::run);
    }
  }

  private void run() {
    C change = pending.getAndSet(null);
    try {
      if (change != null) {
        work.accept(change);
      }
    } finally {
      scheduled.set(false);
      schedule();
    }
  }
}
