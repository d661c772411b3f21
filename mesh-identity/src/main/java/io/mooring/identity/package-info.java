/**
 * Identity values: certificates with a SPIFFE ID, and the roots that vouch for them.
 *
 * <p>This package is public API.
 */
@NullMarked
package io.mooring.identity;

import org.jspecify.annotations.NullMarked;
