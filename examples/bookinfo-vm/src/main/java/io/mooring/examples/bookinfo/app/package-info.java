/**
 * A bookinfo of our own: four small programs that know nothing of a mesh. They listen on {@code
 * 127.0.0.1}, call each other by name through the sidecar beside them, and pass on the headers that
 * tie a trace together.
 *
 * <p>This package is part of an example, not API.
 */
@NullMarked
package io.mooring.examples.bookinfo.app;

import org.jspecify.annotations.NullMarked;
