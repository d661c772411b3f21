/**
 * Resources as the wire knows them: type, name, content version, encoded bytes.
 *
 * <p>This package is public API.
 */
@NullMarked
package io.mooring.xds.resource;

import org.jspecify.annotations.NullMarked;
