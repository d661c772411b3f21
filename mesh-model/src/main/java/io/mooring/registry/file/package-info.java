/**
 * A directory of YAML and JSON files as a source, and a directory of WorkloadEntries as a store.
 *
 * <p>Files are read on all processors, and text of the usual kind by a reader of its own. From
 * 1,000 files of 200 entries a synced registry took 1.2 to 1.7 times as long as the bare YAML
 * parser takes for trees of them on two cores, on a machine with other work, and once 3.8 times:
 * {@code mvn -Pbench-directory -Dquick -DskipTests -pl mesh-model -am verify}.
 *
 * <p>This package is public API.
 */
@NullMarked
package io.mooring.registry.file;

import org.jspecify.annotations.NullMarked;
