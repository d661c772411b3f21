/**
 * Sources and stores that live in memory: for embedders that already have the objects, and for
 * tests.
 *
 * <p>This package is public API.
 */
@NullMarked
package io.mooring.registry.memory;

import org.jspecify.annotations.NullMarked;
