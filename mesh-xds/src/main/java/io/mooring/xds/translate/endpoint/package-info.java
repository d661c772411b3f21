/**
 * Which addresses a cluster has: one Envoy load assignment for each cluster that asks for it.
 *
 * <p>This package is internal: names and shapes change without notice.
 */
@NullMarked
package io.mooring.xds.translate.endpoint;

import org.jspecify.annotations.NullMarked;
