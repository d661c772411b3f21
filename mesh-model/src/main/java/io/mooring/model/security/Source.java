package io.mooring.model.security;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.util.List;
import org.immutables.value.Value;

/**
 * Who asks; all fields match. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/security/authorization-policy/">AuthorizationPolicy</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = Source.Builder.class)
public interface Source {

  /** Returns the identities of peers, {@code trust-domain/ns/namespace/sa/account}. */
  List<String> principals();

  /** Returns the identities that are not meant. */
  List<String> notPrincipals();

  /** Returns the identities of tokens, {@code issuer/subject}. */
  List<String> requestPrincipals();

  /** Returns the identities of tokens that are not meant. */
  List<String> notRequestPrincipals();

  /** Returns the namespaces of peers. */
  List<String> namespaces();

  /** Returns the namespaces that are not meant. */
  List<String> notNamespaces();

  /**
   * Returns the accounts of peers, {@code namespace/account}, or an account of the policy's
   * namespace.
   */
  List<String> serviceAccounts();

  /** Returns the accounts that are not meant. */
  List<String> notServiceAccounts();

  /** Returns the trust domains of peers; {@code *} at one end, or alone for any. */
  List<String> trustDomains();

  /** Returns the trust domains that are not meant. */
  List<String> notTrustDomains();

  /** Returns the addresses of peers. */
  List<String> ipBlocks();

  /** Returns the addresses that are not meant. */
  List<String> notIpBlocks();

  /** Returns the addresses of clients before trusted proxies. */
  List<String> remoteIpBlocks();

  /** Returns the addresses of clients that are not meant. */
  List<String> notRemoteIpBlocks();

  /** Returns whether it asks for anything that a TCP connection has. */
  default boolean hasTcpField() {
    return !principals().isEmpty()
        || !notPrincipals().isEmpty()
        || !namespaces().isEmpty()
        || !notNamespaces().isEmpty()
        || !serviceAccounts().isEmpty()
        || !notServiceAccounts().isEmpty()
        || !trustDomains().isEmpty()
        || !notTrustDomains().isEmpty()
        || !ipBlocks().isEmpty()
        || !notIpBlocks().isEmpty()
        || !remoteIpBlocks().isEmpty()
        || !notRemoteIpBlocks().isEmpty();
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link Source}. Not thread-safe. */
  final class Builder extends ImmutableSource.Builder {
    Builder() {}
  }
}
