/**
 * Why a proxy reaches a service, or why not: the way of a call through what was generated, and what
 * was passed over. Public: {@link io.mooring.xds.explain.Explanation} is the entry.
 */
@NullMarked
package io.mooring.xds.explain;

import org.jspecify.annotations.NullMarked;
