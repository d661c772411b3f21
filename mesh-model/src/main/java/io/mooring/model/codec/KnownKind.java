package io.mooring.model.codec;

import com.fasterxml.jackson.databind.ObjectReader;
import io.mooring.model.ConfigObject;
import java.util.List;
import java.util.Set;

/**
 * A kind that Mooring reads.
 *
 * @param name kind, e.g. {@code ServiceEntry}
 * @param type model type
 * @param apiVersions accepted versions, the one that is written first
 * @param namespaced whether objects live in a namespace
 * @param schema what its documents look like, without its apiVersion and kind
 * @param reader what binds a checked document
 */
record KnownKind(
    String name,
    Class<? extends ConfigObject> type,
    List<String> apiVersions,
    boolean namespaced,
    Schema.Fields schema,
    ObjectReader reader) {

  /** Kinds that other API groups have as well: the Gateway API, Linkerd. */
  private static final Set<String> SHARED_NAMES = Set.of("AuthorizationPolicy", "Gateway");

  /** Returns whether an object of this kind and version is one of somebody else's. */
  boolean isForeign(String apiVersion) {
    if (!apiVersions.get(0).contains("/")) {
      return apiVersion.contains("/");
    }
    String group = apiVersions.get(0).substring(0, apiVersions.get(0).indexOf('/') + 1);
    return SHARED_NAMES.contains(name) && !apiVersion.startsWith(group);
  }
}
