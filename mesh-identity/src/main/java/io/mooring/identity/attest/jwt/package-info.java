/**
 * What attestors share that judge JSON Web Tokens: keys by id, and the checks of a token.
 *
 * <p>This package is public API.
 */
@NullMarked
package io.mooring.identity.attest.jwt;

import org.jspecify.annotations.NullMarked;
