/**
 * Metrics of the xDS server in a Micrometer registry.
 *
 * <p>This package is public API: {@link io.mooring.xds.micrometer.MicrometerXdsObserver}, and the
 * names of its meters.
 */
@NullMarked
package io.mooring.xds.micrometer;

import org.jspecify.annotations.NullMarked;
