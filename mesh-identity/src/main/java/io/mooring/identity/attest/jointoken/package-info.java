/**
 * Join tokens: one-time secrets, each for one machine of one WorkloadGroup.
 *
 * <p>This package is public API.
 */
@NullMarked
package io.mooring.identity.attest.jointoken;

import org.jspecify.annotations.NullMarked;
