/**
 * The SVID as files, for programs that watch files.
 *
 * <p>This package is internal to the agent.
 */
@NullMarked
package io.mooring.identity.agent.files;

import org.jspecify.annotations.NullMarked;
