package io.mooring.xds.protocol;

/**
 * How a kind of client differs from others. Immutable.
 *
 * @param legacyWildcard whether an empty first request means everything; proxyless gRPC sends such
 *     requests and wants nothing
 * @param warmsClusters whether a cluster that was sent waits for its endpoints, even unchanged ones
 * @param silentWhileWarming whether clusters that warm keep the client from asking for clusters: on
 *     a new stream it then needs all endpoints, whatever it says it has
 * @param ttl whether resources may end by themselves, and signs of life keep them
 * @param bareSigns whether a sign of life may be without the resource, as the protocol has it;
 *     Envoy takes that for the removal of a cluster in the state of the world
 */
public record ClientTraits(
    boolean legacyWildcard,
    boolean warmsClusters,
    boolean silentWhileWarming,
    boolean ttl,
    boolean bareSigns) {

  /** Envoy on an aggregated stream. */
  public static final ClientTraits ENVOY = new ClientTraits(true, true, true, false, true);

  /** Proxyless gRPC. */
  public static final ClientTraits GRPC = new ClientTraits(false, false, false, false, true);

  /** Any other client, and Envoy on the stream of one type. */
  public static final ClientTraits OTHER = new ClientTraits(true, true, false, false, true);

  /** Returns the traits of such a client that said it supports TTLs, or did not. */
  public ClientTraits withTtl(boolean ttl, boolean bareSigns) {
    return new ClientTraits(legacyWildcard, warmsClusters, silentWhileWarming, ttl, bareSigns);
  }
}
