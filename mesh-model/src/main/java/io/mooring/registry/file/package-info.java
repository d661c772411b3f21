/**
 * A directory of YAML and JSON files as a source, and a directory of WorkloadEntries as a store.
 *
 * <p>Files are read on all processors, and text of the usual kind by a reader of its own, so that
 * 1,000 files of 200 entries are a synced registry in about the time that the bare YAML parser
 * needs for trees of them alone. Measured by {@code mvn -Pbench -Dquick -DskipTests -pl mesh-model
 * -am verify}.
 *
 * <p>This package is public API.
 */
@NullMarked
package io.mooring.registry.file;

import org.jspecify.annotations.NullMarked;
