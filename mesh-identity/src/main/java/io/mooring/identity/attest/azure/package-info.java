/**
 * Attested documents and managed-identity tokens of Azure VMs as evidence.
 *
 * <p>This package is public API.
 */
@NullMarked
package io.mooring.identity.attest.azure;

import org.jspecify.annotations.NullMarked;
