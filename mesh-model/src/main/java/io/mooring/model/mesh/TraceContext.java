package io.mooring.model.mesh;

/** A header that carries a trace, as OpenCensus names them. */
public enum TraceContext {
  /** None. */
  UNSPECIFIED,
  /** {@code traceparent}. */
  W3C_TRACE_CONTEXT,
  /** {@code grpc-trace-bin}. */
  GRPC_BIN,
  /** {@code X-Cloud-Trace-Context}. */
  CLOUD_TRACE_CONTEXT,
  /** {@code X-B3-TraceId} and the like. */
  B3
}
