/**
 * The HTTP pages that operators and probes read.
 *
 * <p>This package is internal.
 */
@NullMarked
package io.mooring.controlplane.admin;

import org.jspecify.annotations.NullMarked;
