package io.mooring.xds.push;

import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.resource.ResourceSet;

/**
 * Adds, edits or removes resources that were generated for a proxy, before any is sent: what
 * Istio's EnvoyFilter does, in Java.
 *
 * <pre>{@code
 * ResourceCustomizer lua =
 *     (node, generated) -> {
 *       VersionedResource inbound = generated.resources(XdsType.LISTENER).get("virtualInbound");
 *       if (inbound == null || node.dialect() != ProxyNode.Dialect.ENVOY) {
 *         return generated;
 *       }
 *       Listener edited = withLua(inbound.as(Listener.class));
 *       return generated.with(XdsType.LISTENER, VersionedResource.of(inbound.name(), edited));
 *     };
 * }</pre>
 *
 * <p>A version is a hash of the content, so that an edited resource has another version, and one
 * that was made anew with the same content is not sent again. Order of sending, make-before-break
 * and NACKs are as for any other resource.
 *
 * <p>It must be a function: equal nodes and equal resources give equal results, on every replica
 * and after a restart; else proxies get changes that are none. It is called by push workers, for
 * different proxies at the same time, whenever something changed for a proxy, and before its first
 * response: resources that it need not touch, it should not decode.
 *
 * <p>One that throws costs its proxy this change alone: the proxy keeps what it has, {@link
 * PushObserver#pushFailed} hears of it, and with the next change it is called again. A proxy that
 * has nothing yet gets nothing until then, rather than resources that lack what it adds.
 */
@FunctionalInterface
public interface ResourceCustomizer {

  /** Returns what the proxy gets. */
  ResourceSet customize(ProxyNode node, ResourceSet generated);

  /** Returns this customizer, followed by one that gets what this one returned. */
  default ResourceCustomizer andThen(ResourceCustomizer next) {
    return (node, generated) -> next.customize(node, customize(node, generated));
  }
}
