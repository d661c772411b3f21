/**
 * The {@code mooring} command: a thin shell over the public API of the libraries.
 *
 * <p>This package is internal: programs rely on the command line, not on its classes.
 */
@NullMarked
package io.mooring.cli;

import org.jspecify.annotations.NullMarked;
