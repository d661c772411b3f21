/**
 * Values of the security.istio.io API group.
 *
 * <p>This package is public API.
 */
@NullMarked
package io.mooring.model.security;

import org.jspecify.annotations.NullMarked;
