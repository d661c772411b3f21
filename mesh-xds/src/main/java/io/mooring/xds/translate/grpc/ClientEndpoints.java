package io.mooring.xds.translate.grpc;

import io.mooring.xds.translate.endpoint.EndpointInput.Target;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Which endpoints a gRPC client can call. Pure. */
public final class ClientEndpoints {

  private ClientEndpoints() {}

  /** Returns those targets that a gRPC client can reach: IPs, each address once. */
  public static List<Target> reachable(List<Target> targets) {
    Set<String> seen = new HashSet<>();
    List<Target> reachable = new ArrayList<>();
    for (Target target : targets) {
      String address = target.endpoint().address();
      if (isIp(address) && seen.add(address + "|" + target.endpoint().port())) {
        reachable.add(target);
      }
    }
    return List.copyOf(reachable);
  }

  /** Returns whether an address needs no resolving. */
  public static boolean isIp(String address) {
    return !address.isEmpty()
        && !address.startsWith("/")
        && !address.startsWith("unix:")
        && (address.contains(":")
            || address.chars().allMatch(letter -> letter == '.' || Character.isDigit(letter)));
  }
}
