/**
 * Parts of Mooring inside a program of one's own.
 *
 * <p>This package is an example.
 */
@NullMarked
package io.mooring.examples.embedding;

import org.jspecify.annotations.NullMarked;
