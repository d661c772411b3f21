/**
 * TLS for the Java program that embeds the agent: always the SVID and the roots of now.
 *
 * <p>This package is internal to the agent.
 */
@NullMarked
package io.mooring.identity.agent.tls;

import org.jspecify.annotations.NullMarked;
