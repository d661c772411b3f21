package io.mooring.model.codec;

import com.fasterxml.jackson.databind.ObjectReader;
import io.mooring.model.ConfigObject;
import java.util.List;

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

  /** Returns whether the kind belongs to Kubernetes itself. */
  boolean core() {
    return !apiVersions.get(0).contains("/");
  }
}
