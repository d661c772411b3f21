/**
 * TLS contexts whose keys and roots Envoy gets by SDS from the agent beside it.
 *
 * <p>This package is internal: names and shapes change without notice.
 */
@NullMarked
package io.mooring.xds.translate.secret;

import org.jspecify.annotations.NullMarked;
