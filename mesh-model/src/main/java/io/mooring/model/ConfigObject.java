package io.mooring.model;

/**
 * One configuration object as a source hands it over, e.g. a {@code ServiceEntry}. Immutable.
 *
 * <p>Implementations have the shape of their YAML: {@code metadata()} beside {@code spec()}, so
 * that a path in an error message is a path in the user's file.
 */
public interface ConfigObject {

  /** Returns the Kubernetes kind, e.g. {@code ServiceEntry}. */
  String kind();

  /** Returns the name, namespace, labels and annotations. */
  Metadata metadata();

  /** Returns the key under which the registry holds this object. */
  default ConfigKey key() {
    return new ConfigKey(kind(), metadata().namespace(), metadata().name());
  }
}
