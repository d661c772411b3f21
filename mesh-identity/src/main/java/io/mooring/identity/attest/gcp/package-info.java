/**
 * Identity tokens of Google Compute Engine instances as evidence.
 *
 * <p>This package is public API.
 */
@NullMarked
package io.mooring.identity.attest.gcp;

import org.jspecify.annotations.NullMarked;
