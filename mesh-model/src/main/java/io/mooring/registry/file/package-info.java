/**
 * A directory of YAML and JSON files as a source, and a directory of WorkloadEntries as a store.
 *
 * <p>Files are read on all processors, and text of the usual kind by a reader of its own. From
 * 1,000 files of 200 entries a synced registry took 0.8 to 1.0 times as long as the bare YAML
 * parser takes for trees of them on one processor of two, and 1.4 to 2.0 times as long as that
 * parser on both; a source that handed the objects over took 2.1 to 3.2 s on a slow machine. With
 * {@code -XX:+UseParallelGC}, as what is kept is copied less often, it was 0.8 to 1.3 times on both
 * (2.2 in the first round of a JVM), and 1.2 to 1.7 s handed over: {@code mvn -Pbench-directory
 * -Dquick -DskipTests -pl mesh-model -am verify}.
 *
 * <p>This package is public API.
 */
@NullMarked
package io.mooring.registry.file;

import org.jspecify.annotations.NullMarked;
