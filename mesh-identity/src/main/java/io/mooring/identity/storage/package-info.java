/**
 * Directories for what nobody else may read.
 *
 * <p>This package is internal.
 */
@NullMarked
package io.mooring.identity.storage;

import org.jspecify.annotations.NullMarked;
