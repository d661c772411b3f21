/**
 * The one-line embedding: registry, certificate authority, enrolment and xDS wired together.
 *
 * <p>This package is public API.
 *
 * <p>Load reports (LRS) and client status (CSDS) are served on every port that serves ADS. What
 * CSDS shows is the configuration of the whole mesh: on the TLS port only the control plane's own
 * identity may ask, unless {@link
 * io.mooring.controlplane.MeshControlPlaneBuilder#clientStatus(io.mooring.xds.debug.ClientStatusAuthorizer)}
 * lets others, e.g. the identity of an operators' WorkloadGroup; on the plaintext port, which is on
 * loopback, anybody.
 */
@NullMarked
package io.mooring.controlplane;

import org.jspecify.annotations.NullMarked;
