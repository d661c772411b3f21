/**
 * Attestation: what proves that a machine may have an identity. Each kind of evidence has a package
 * of its own below this one.
 *
 * <p>This package is public API.
 */
@NullMarked
package io.mooring.identity.attest;

import org.jspecify.annotations.NullMarked;
