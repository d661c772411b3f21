/**
 * Findings that need several objects at once: what is accepted, and yet will not do what its author
 * meant. Public: {@link io.mooring.analysis.MeshAnalysis} is the entry.
 */
@NullMarked
package io.mooring.analysis;

import org.jspecify.annotations.NullMarked;
