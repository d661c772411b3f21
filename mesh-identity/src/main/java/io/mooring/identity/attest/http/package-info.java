/**
 * How attestors read keys and certificates that a cloud publishes.
 *
 * <p>This package is public API.
 */
@NullMarked
package io.mooring.identity.attest.http;

import org.jspecify.annotations.NullMarked;
