/**
 * A certificate of another CA as evidence, with proof of its private key.
 *
 * <p>This package is public API.
 */
@NullMarked
package io.mooring.identity.attest.x509pop;

import org.jspecify.annotations.NullMarked;
