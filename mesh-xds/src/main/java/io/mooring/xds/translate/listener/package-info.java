/**
 * Listeners, and the clusters that only inbound listeners use: what a proxy accepts and where it
 * hands it on.
 *
 * <p>With capture, {@code virtualOutbound} (15001) and {@code virtualInbound} (15006) receive what
 * iptables redirects; without it, every listener is bound to an address and port that clients call.
 *
 * <p>This package is internal: names and shapes change without notice.
 */
@NullMarked
package io.mooring.xds.translate.listener;

import org.jspecify.annotations.NullMarked;
