/**
 * Identity documents of AWS EC2 instances as evidence.
 *
 * <p>This package is public API.
 */
@NullMarked
package io.mooring.identity.attest.aws;

import org.jspecify.annotations.NullMarked;
