/**
 * SPIFFE identifiers: the one identity type of all modules.
 *
 * <p>This package is public API.
 */
@NullMarked
package io.mooring.model.spiffe;

import org.jspecify.annotations.NullMarked;
