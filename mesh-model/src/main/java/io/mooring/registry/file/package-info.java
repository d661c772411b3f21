/**
 * A directory of YAML and JSON files as a source, and a directory of WorkloadEntries as a store.
 *
 * <p>This package is public API.
 */
@NullMarked
package io.mooring.registry.file;

import org.jspecify.annotations.NullMarked;
