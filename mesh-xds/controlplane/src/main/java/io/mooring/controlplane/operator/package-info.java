/**
 * The operator's way in: a Unix socket in the data directory that the command line talks to.
 *
 * <p>This package is public API.
 */
@NullMarked
package io.mooring.controlplane.operator;

import org.jspecify.annotations.NullMarked;
