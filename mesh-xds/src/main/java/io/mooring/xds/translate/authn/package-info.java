/**
 * Which peers a workload accepts: the one answer that many PeerAuthentications give.
 *
 * <p>This package is internal: names and shapes change without notice.
 */
@NullMarked
package io.mooring.xds.translate.authn;

import org.jspecify.annotations.NullMarked;
