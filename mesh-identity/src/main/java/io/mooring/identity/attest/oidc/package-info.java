/**
 * Tokens of an OpenID Connect issuer as evidence.
 *
 * <p>This package is public API.
 */
@NullMarked
package io.mooring.identity.attest.oidc;

import org.jspecify.annotations.NullMarked;
