/**
 * The resolved view of the registry: services, endpoints and workloads, and the pure rules that
 * make them.
 *
 * <p>This package is public API.
 */
@NullMarked
package io.mooring.service;

import org.jspecify.annotations.NullMarked;
