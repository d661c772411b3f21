package io.mooring.model.networking;

/** How traffic gets to a listener of a {@link Sidecar}. */
public enum CaptureMode {
  /** As the proxy says. */
  DEFAULT,
  /** By rules of the kernel. */
  IPTABLES,
  /** The workload connects to it. */
  NONE
}
