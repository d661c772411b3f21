package io.mooring.identity.enroll;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ScheduledExecutorService;

/** Another executor's tasks, which a crash loses and a pause (SIGSTOP, a long GC) holds up. */
final class CrashableExecutor {

  private final ScheduledExecutorService proxy;
  private final Queue<Runnable> heldUp = new ArrayDeque<>();
  private boolean crashed;
  private boolean paused;

  CrashableExecutor(ScheduledExecutorService real) {
    proxy =
        (ScheduledExecutorService)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ScheduledExecutorService.class},
                (self, method, arguments) -> {
                  Object[] wrapped = arguments == null ? new Object[0] : arguments.clone();
                  if (wrapped.length > 0 && wrapped[0] instanceof Runnable task) {
                    wrapped[0] = (Runnable) () -> run(task);
                  } else if (wrapped.length > 0 && wrapped[0] instanceof Callable<?>) {
                    throw new UnsupportedOperationException(method.getName());
                  }
                  try {
                    return method.invoke(real, wrapped);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
  }

  ScheduledExecutorService asExecutor() {
    return proxy;
  }

  /** As kill -9: nothing that was to run will. */
  void crash() {
    crashed = true;
    heldUp.clear();
  }

  void pause() {
    paused = true;
  }

  /** Runs what was held up, in order. */
  void resume() {
    paused = false;
    while (!heldUp.isEmpty()) {
      heldUp.remove().run();
    }
  }

  private void run(Runnable task) {
    if (paused) {
      heldUp.add(task);
    } else if (!crashed) {
      task.run();
    }
  }
}
