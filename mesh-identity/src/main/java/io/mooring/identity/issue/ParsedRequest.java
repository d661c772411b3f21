package io.mooring.identity.issue;

import io.mooring.identity.ca.CertificateRequest;
import io.mooring.identity.ca.InvalidCertificateRequestException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A request that was read, or what was wrong with it: to be told only to who may know. */
final class ParsedRequest {

  private final @Nullable CertificateRequest request;
  private final @Nullable IllegalArgumentException problem;

  private ParsedRequest(
      @Nullable CertificateRequest request, @Nullable IllegalArgumentException problem) {
    this.request = request;
    this.problem = problem;
  }

  static ParsedRequest of(SvidRequest request, LifetimePolicy lifetimes) {
    CertificateRequest csr = null;
    try {
      csr = CertificateRequest.parse(request.csr());
      lifetimes.grant(request.validitySeconds());
      return new ParsedRequest(csr, null);
    } catch (InvalidCertificateRequestException | InvalidLifetimeException e) {
      return new ParsedRequest(csr, e);
    }
  }

  Optional<String> keyDigest() {
    return Optional.ofNullable(request).map(CertificateRequest::keyDigest);
  }

  CertificateRequest orThrow() {
    if (problem != null || request == null) {
      throw problem != null ? problem : new IllegalStateException("neither request nor problem");
    }
    return request;
  }
}
