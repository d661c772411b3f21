/**
 * The few Kubernetes core kinds that a mesh reads.
 *
 * <p>This package is public API.
 */
@NullMarked
package io.mooring.model.kubernetes;

import org.jspecify.annotations.NullMarked;
