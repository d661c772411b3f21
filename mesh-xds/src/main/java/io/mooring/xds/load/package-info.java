/**
 * Load reports of clients (LRS): how many requests they sent to each cluster, and what became of
 * them.
 *
 * <p>This package is public API.
 *
 * @see <a
 *     href="https://www.envoyproxy.io/docs/envoy/latest/api-v3/service/load_stats/v3/lrs.proto">LRS</a>
 */
@NullMarked
package io.mooring.xds.load;

import org.jspecify.annotations.NullMarked;
