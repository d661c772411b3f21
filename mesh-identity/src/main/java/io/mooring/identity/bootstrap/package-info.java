/**
 * The files that a VM needs to join: what they say is pure ({@link
 * io.mooring.identity.bootstrap.BootstrapBundle}), writing them is not ({@link
 * io.mooring.identity.bootstrap.BootstrapWriter}).
 *
 * <p>This package is public API.
 */
@NullMarked
package io.mooring.identity.bootstrap;

import org.jspecify.annotations.NullMarked;
