/**
 * gRPC adapters: the discovery services over the protocol engine.
 *
 * <p>This package is public API. Hand-made resources need no registry:
 *
 * <pre>{@code
 * SnapshotResources resources = new SnapshotResources(ProxyNode::id);
 * PushService<Set<String>> push = PushService.builder(resources).build();
 * resources.onChange(push::changed);
 * XdsServer xds = XdsServer.builder(push).build();
 * xds.bindTo(serverBuilder);
 * resources.set("node-1", ResourceSet.empty().with(XdsType.CLUSTER, VersionedResource.of("a", cluster)));
 * }</pre>
 */
@NullMarked
package io.mooring.xds.server;

import org.jspecify.annotations.NullMarked;
