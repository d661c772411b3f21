/**
 * The dialect of proxyless gRPC: what a {@code grpc-xds} client or server accepts, and nothing
 * else. One field too many costs such a client the whole response.
 *
 * <p>This package is internal: names and shapes change without notice.
 *
 * @see <a
 *     href="https://github.com/grpc/proposal/blob/master/A27-xds-global-load-balancing.md">A27</a>
 * @see <a href="https://github.com/grpc/proposal/blob/master/A36-xds-for-servers.md">A36</a>
 */
@NullMarked
package io.mooring.xds.translate.grpc;

import org.jspecify.annotations.NullMarked;
