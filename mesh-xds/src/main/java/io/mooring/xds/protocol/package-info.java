/**
 * The xDS protocol without I/O: requests and resources go in, responses come out.
 *
 * <p>This package is internal: {@code xds.server} is its only user.
 *
 * <p>A session knows, for each type, what the client subscribed to, which version of each resource
 * it was sent, and what it should have. What to send next is always the difference, made when the
 * transport can take it: nothing is queued, so that a slow client costs no memory and gets the
 * newest state. State of the world and delta differ only in how a request changes the subscription
 * and in how the difference is written down.
 */
@NullMarked
package io.mooring.xds.protocol;

import org.jspecify.annotations.NullMarked;
