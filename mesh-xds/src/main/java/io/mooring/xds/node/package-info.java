/**
 * Who asks: the proxy's node, and what it may see.
 *
 * <p>This package is public API.
 */
@NullMarked
package io.mooring.xds.node;

import org.jspecify.annotations.NullMarked;
