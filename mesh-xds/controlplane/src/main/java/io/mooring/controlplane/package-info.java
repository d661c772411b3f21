/**
 * The one-line embedding: registry, certificate authority, enrolment and xDS wired together.
 *
 * <p>This package is public API.
 */
@NullMarked
package io.mooring.controlplane;

import org.jspecify.annotations.NullMarked;
