/**
 * Issuing: attest, authorize, template, sign, validate, audit, in this order.
 *
 * <p>This package is public API.
 */
@NullMarked
package io.mooring.identity.issue;

import org.jspecify.annotations.NullMarked;
