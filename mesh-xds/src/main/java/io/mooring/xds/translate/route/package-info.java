/**
 * Which request goes where: Envoy route configurations made of services and VirtualServices.
 *
 * <p>This package is internal: names and shapes change without notice.
 */
@NullMarked
package io.mooring.xds.translate.route;

import org.jspecify.annotations.NullMarked;
