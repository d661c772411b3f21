/**
 * Certificate chains and signed documents that are no SVIDs.
 *
 * <p>This package is internal.
 */
@NullMarked
package io.mooring.identity.attest.pki;

import org.jspecify.annotations.NullMarked;
