/**
 * Service-account tokens of a Kubernetes cluster as evidence.
 *
 * <p>This package is public API.
 */
@NullMarked
package io.mooring.identity.attest.kubernetes;

import org.jspecify.annotations.NullMarked;
