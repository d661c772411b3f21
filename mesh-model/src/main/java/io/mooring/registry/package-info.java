/**
 * The registry: sources in, one writer, immutable snapshots out.
 *
 * <p>This package is public API.
 */
@NullMarked
package io.mooring.registry;

import org.jspecify.annotations.NullMarked;
