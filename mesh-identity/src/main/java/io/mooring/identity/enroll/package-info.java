/**
 * Enrolment: a VM that is connected has a WorkloadEntry, made from the template of its
 * WorkloadGroup; one that has gone has none.
 *
 * <p>This package is public API.
 */
@NullMarked
package io.mooring.identity.enroll;

import org.jspecify.annotations.NullMarked;
