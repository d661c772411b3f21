/**
 * gRPC adapters: the discovery services over the protocol engine.
 *
 * <p>This package is public API. Resources that are computed elsewhere, by group, need no registry:
 * this is a whole control plane.
 *
 * <pre>{@code
 * SnapshotResources resources = new SnapshotResources(ProxyNode::id); // the group of a node
 * XdsServer xds = XdsServer.builder(resources).build();
 * xds.bindTo(yourServerBuilder); // or some of xds.services(): ADS, LDS, RDS, SRDS, VHDS, CDS ...
 *
 * // a whole snapshot; its label is shown as version_info, content alone decides what is sent
 * ResourceSet snapshot = ResourceSet.of(List.of(cluster, endpoints)).labelled("1");
 * resources.set("node-1", snapshot);
 *
 * // one resource
 * resources.put("node-1", XdsType.CLUSTER, VersionedResource.of(another));
 * resources.remove("node-1", XdsType.CLUSTER, "b");
 *
 * // several at once, atomically
 * resources.update("node-1", set -> set.with(route).without(XdsType.ROUTE, "r").labelled("2"));
 *
 * resources.set("node-1", ResourceSet.empty()); // its proxies lose everything
 * resources.clear("node-1"); // its proxies keep what they have
 * }</pre>
 *
 * <p>The group of a node is what the function says, and need not be its id: a node without id, or
 * without a node at all, is served as any other unless a {@link
 * io.mooring.xds.server.NodeAuthorizer} refuses it; null is the group of those that get no answer.
 *
 * <p>What {@link io.mooring.xds.resource.VersionedResource} can say besides: a name of its own, a
 * time to live that heartbeats prolong, aliases, virtual hosts for VHDS, an error instead of a
 * resource. For debouncing, other threads, or resources made for each node, give {@link
 * io.mooring.xds.server.XdsServer#builder(io.mooring.xds.push.PushService)} a push service of your
 * own.
 *
 * <p>Client status and load reports are services of their own, to be added to the same gRPC server:
 * {@link io.mooring.xds.debug.CsdsService}, which shows what every client was sent, to those whom
 * its authorizer lets, and {@link io.mooring.xds.load.LoadReportService}.
 *
 * <p>Interceptors see streams, headers and statuses as of any service; messages are of types of
 * this package, which nobody else reads, so that no resource is encoded twice and no request held
 * twice. One that looks into messages gets their bytes, which are those of the generated {@code
 * DeltaDiscoveryRequest} and its like, from gRPC:
 *
 * <pre>{@code
 * for (BindableService service : xds.services()) {
 *   yourServerBuilder.addService(
 *       ServerInterceptors.intercept(
 *           ServerInterceptors.useInputStreamMessages(service.bindService()), yourTap));
 * }
 * }</pre>
 *
 * <p>For those who come from java-control-plane: {@code SimpleCache} and {@code NodeGroup} are
 * {@link io.mooring.xds.push.SnapshotResources} and its function, {@code Snapshot} is {@link
 * io.mooring.xds.resource.ResourceSet}, {@code ensureConsistent} is {@link
 * io.mooring.xds.resource.ResourceReferences#missing}, {@code DiscoveryServerCallbacks} are {@link
 * io.mooring.xds.server.XdsObserver} and {@link io.mooring.xds.server.StreamListener}, {@code
 * getStatusInfo} is {@link io.mooring.xds.server.XdsServer#status}. Versions need not be made up.
 */
@NullMarked
package io.mooring.xds.server;

import org.jspecify.annotations.NullMarked;
