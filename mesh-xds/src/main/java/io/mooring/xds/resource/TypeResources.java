package io.mooring.xds.resource;

import org.jspecify.annotations.Nullable;
import org.pcollections.HashPMap;
import org.pcollections.HashTreePMap;
import org.pcollections.TreePMap;

/**
 * The resources of one type. Immutable.
 *
 * @param nameByAlias the resource that an alias stands for; the newest one if several claim it
 */
record TypeResources(
    TreePMap<String, VersionedResource> byName, HashPMap<String, String> nameByAlias) {

  static final TypeResources EMPTY = new TypeResources(TreePMap.empty(), HashTreePMap.empty());

  /** Returns the resource of a name, else of an alias. */
  @Nullable VersionedResource get(String name) {
    @Nullable VersionedResource named = byName.get(name);
    if (named != null) {
      return named;
    }
    @Nullable String aliased = nameByAlias.get(name);
    return aliased == null ? null : byName.get(aliased);
  }

  TypeResources with(VersionedResource resource) {
    HashPMap<String, String> aliases = aliasesWithout(resource.name());
    for (String alias : resource.aliases()) {
      aliases = aliases.plus(alias, resource.name());
    }
    return new TypeResources(byName.plus(resource.name(), resource), aliases);
  }

  TypeResources without(String name) {
    return new TypeResources(byName.minus(name), aliasesWithout(name));
  }

  private HashPMap<String, String> aliasesWithout(String name) {
    HashPMap<String, String> aliases = nameByAlias;
    @Nullable VersionedResource old = byName.get(name);
    if (old != null) {
      for (String alias : old.aliases()) {
        if (name.equals(aliases.get(alias))) {
          aliases = aliases.minus(alias);
        }
      }
    }
    return aliases;
  }
}
