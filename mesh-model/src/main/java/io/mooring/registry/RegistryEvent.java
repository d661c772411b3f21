package io.mooring.registry;

import static java.util.Objects.requireNonNull;

import io.mooring.model.ConfigKey;
import io.mooring.model.ConfigObject;
import java.util.function.Function;
import java.util.function.Supplier;

/** One thing that a {@link RegistrySource} says. Immutable. */
public sealed interface RegistryEvent {

  /**
   * The object exists with this value, whatever the source said of its key before.
   *
   * @param object the whole object
   */
  record Upsert(ConfigObject object) implements RegistryEvent {
    public Upsert {
      requireNonNull(object, "object");
    }
  }

  /**
   * The object does not exist; no error where the source never had it.
   *
   * @param key the object's key
   */
  record Delete(ConfigKey key) implements RegistryEvent {
    public Delete {
      requireNonNull(key, "key");
    }
  }

  /**
   * The source has handed over everything that it held when it started; after {@link Stale}: it
   * sees its backend again.
   */
  record Synced() implements RegistryEvent {}

  /**
   * The source cannot see its backend: what it said before goes on being served, but may be old.
   * Ends with the next {@link Synced}.
   *
   * @param reason what is wrong, for an operator; no secrets
   */
  record Stale(String reason) implements RegistryEvent {
    public Stale {
      requireNonNull(reason, "reason");
    }
  }

  /** Returns what the function for this kind of event returns. */
  default <T> T fold(
      Function<? super Upsert, ? extends T> upsert,
      Function<? super Delete, ? extends T> delete,
      Supplier<? extends T> synced,
      Function<? super Stale, ? extends T> stale) {
    if (this instanceof Upsert event) {
      return upsert.apply(event);
    }
    if (this instanceof Delete event) {
      return delete.apply(event);
    }
    return this instanceof Stale event ? stale.apply(event) : synced.get();
  }
}
