/**
 * Configuration values every kind shares: metadata, keys, label selection, ports.
 *
 * <p>This package is public API.
 */
@NullMarked
package io.mooring.model;

import org.jspecify.annotations.NullMarked;
