/**
 * What unit tests of every module need: a clock and an executor that tests move by hand, golden
 * files, package arrows.
 *
 * <p>This package is public API.
 */
@NullMarked
package io.mooring.testkit;

import org.jspecify.annotations.NullMarked;
