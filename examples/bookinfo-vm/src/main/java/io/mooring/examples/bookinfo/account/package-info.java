/**
 * The account of a demo: named steps that pass, fail or are skipped, one line each.
 *
 * <p>This package is part of an example, not API.
 */
@NullMarked
package io.mooring.examples.bookinfo.account;

import org.jspecify.annotations.NullMarked;
