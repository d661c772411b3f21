/**
 * A directory of YAML and JSON files as a source, and a directory of WorkloadEntries as a store.
 *
 * <p>Files are read on all processors, and text of the usual kind by a reader of its own. From
 * 1,000 files of 200 entries a synced registry took 0.6 to 0.9 times as long as the bare YAML
 * parser takes for trees of them on one processor of two, and 1.4 to 1.6 times as long as that
 * parser on both; a source that handed the objects over took 1.3 to 2.0 s. With {@code
 * -XX:+UseParallelGC}, as what is kept is copied less often, it was 1.0 to 1.1 times on both, and
 * 0.9 to 1.2 s handed over. The first two rounds of a JVM take up to twice as long: {@code mvn
 * -Pbench-directory -Dquick -DskipTests -pl mesh-model -am verify}.
 *
 * <p>This package is public API.
 */
@NullMarked
package io.mooring.registry.file;

import org.jspecify.annotations.NullMarked;
