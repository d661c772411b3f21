package io.mooring.xds.push;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work that runs on an executor, never twice at once, with at most one piece waiting: what arrives
 * meanwhile is merged into it. Thread-safe, without locks. The executor's own queue makes the slots
 * take turns.
 */
final class PushSlot<C> {

  private static final Logger LOG = LoggerFactory.getLogger(PushSlot.class);

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

  /** Adds a change. One that the executor rejects waits, and is worked on with the next. */
  void add(C change) {
    pending.accumulateAndGet(
        change, (older, newer) -> older == null ? newer : merge.apply(older, newer));
    schedule();
  }

  private void schedule() {
    if (pending.get() == null || !scheduled.compareAndSet(false, true)) {
      return;
    }
    boolean handedOver = false;
    try {
      executor.execute(this::run);
      handedOver = true;
    } catch (RejectedExecutionException e) {
      LOG.warn("event=push_rejected hint=\"the push waits for the next change\"", e);
    } finally {
      if (!handedOver) {
        scheduled.set(false);
      }
    }
  }

  private void run() {
    C change = pending.getAndSet(null);
    try {
      if (change != null) {
        work.accept(change);
      }
    } catch (RuntimeException | Error e) { // an executor might swallow it
      LOG.error("event=push_work_failed", e);
    } finally {
      scheduled.set(false);
      schedule();
    }
  }
}
