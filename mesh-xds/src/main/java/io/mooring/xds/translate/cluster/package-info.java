/**
 * Where traffic goes: one Envoy cluster for each service port and subset.
 *
 * <p>This package is internal: names and shapes change without notice.
 */
@NullMarked
package io.mooring.xds.translate.cluster;

import org.jspecify.annotations.NullMarked;
