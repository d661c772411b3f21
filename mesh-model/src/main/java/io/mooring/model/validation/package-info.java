/**
 * What an object may say, beyond its shape: pure functions from an object to violations. Rules are
 * those of Istio's admission webhook and of its schema, as one validator; where Istio has a defect
 * (it refuses gRPC probes) the Javadoc of the rule says so. Nothing here knows of files or of other
 * objects.
 *
 * <p>This package is public API.
 */
@NullMarked
package io.mooring.model.validation;

import org.jspecify.annotations.NullMarked;
