/**
 * Identities for tests: the real CA, with a key that everybody knows.
 *
 * <p>This package is public API.
 */
@NullMarked
package io.mooring.testkit.identity;

import org.jspecify.annotations.NullMarked;
