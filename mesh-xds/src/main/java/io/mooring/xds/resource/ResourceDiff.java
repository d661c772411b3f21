package io.mooring.xds.resource;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Compares two sets of resources. */
public final class ResourceDiff {

  private ResourceDiff() {}

  /**
   * Returns the names of the resources of {@code type} that one set has and the other lacks, or has
   * with another version; in the order of names.
   */
  public static List<String> names(XdsType type, ResourceSet before, ResourceSet after) {
    Optional<Set<String>> edited = after.editedSince(type, before);
    return edited.isPresent()
        ? changed(edited.get(), before.resources(type), after.resources(type))
        : compared(type, before, after);
  }

  private static List<String> changed(
      Set<String> edited,
      Map<String, VersionedResource> before,
      Map<String, VersionedResource> after) {
    List<String> changed = new ArrayList<>(edited.size());
    for (String name : edited) {
      @Nullable VersionedResource old = before.get(name);
      @Nullable VersionedResource now = after.get(name);
      if (old == null ? now != null : now == null || !old.version().equals(now.version())) {
        changed.add(name);
      }
    }
    return changed;
  }

  private static List<String> compared(XdsType type, ResourceSet before, ResourceSet after) {
    Cursor old = new Cursor(before.resources(type));
    Cursor now = new Cursor(after.resources(type));
    List<String> names = new ArrayList<>();
    while (old.name != null || now.name != null) {
      int order = old.order(now);
      if (order < 0) {
        names.add(old.take());
      } else if (order > 0) {
        names.add(now.take());
      } else {
        boolean same = old.sameVersion(now);
        String name = old.take();
        now.take();
        if (!same) {
          names.add(name);
        }
      }
    }
    return names;
  }

  private static final class Cursor {

    private final Iterator<Map.Entry<String, VersionedResource>> entries;
    private @Nullable String name;
    private @Nullable VersionedResource resource;

    Cursor(Map<String, VersionedResource> resources) {
      entries = resources.entrySet().iterator();
      advance();
    }

    /** Below zero if this one's name comes first; a cursor at its end comes after all others. */
    int order(Cursor other) {
      if (name == null) {
        return 1;
      }
      return other.name == null ? -1 : name.compareTo(other.name);
    }

    boolean sameVersion(Cursor other) {
      return resource != null
          && other.resource != null
          && resource.version().equals(other.resource.version());
    }

    String take() {
      if (name == null) {
        throw new IllegalStateException("no more resources");
      }
      String taken = name;
      advance();
      return taken;
    }

    private void advance() {
      if (entries.hasNext()) {
        Map.Entry<String, VersionedResource> entry = entries.next();
        name = entry.getKey();
        resource = entry.getValue();
      } else {
        name = null;
        resource = null;
      }
    }
  }
}
