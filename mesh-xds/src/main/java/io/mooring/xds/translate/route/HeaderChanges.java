package io.mooring.xds.translate.route;

import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption.HeaderAppendAction;
import io.mooring.model.networking.Headers;
import io.mooring.model.networking.Headers.HeaderOperations;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Translates header operations. Pseudo headers cannot be set: {@code Host} and {@code :authority}
 * rewrite the host instead, others are ignored.
 *
 * @param requestAdds set and add, by name
 * @param requestRemoves names
 * @param responseAdds set and add, by name
 * @param responseRemoves names
 * @param host the new host, if any
 */
record HeaderChanges(
    List<HeaderValueOption> requestAdds,
    List<String> requestRemoves,
    List<HeaderValueOption> responseAdds,
    List<String> responseRemoves,
    Optional<String> host) {

  static HeaderChanges of(Optional<Headers> headers) {
    Optional<HeaderOperations> request = headers.flatMap(Headers::request);
    Optional<HeaderOperations> response = headers.flatMap(Headers::response);
    return new HeaderChanges(
        adds(request), removes(request), adds(response), removes(response), host(request));
  }

  private static List<HeaderValueOption> adds(Optional<HeaderOperations> operations) {
    List<HeaderValueOption> adds = new ArrayList<>();
    operations.ifPresent(
        it -> {
          add(adds, it.set(), HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD);
          add(adds, it.add(), HeaderAppendAction.APPEND_IF_EXISTS_OR_ADD);
        });
    return adds;
  }

  private static void add(
      List<HeaderValueOption> adds, Map<String, String> values, HeaderAppendAction action) {
    new TreeMap<>(values)
        .forEach(
            (name, value) -> {
              if (!isPseudo(name)) {
                adds.add(
                    HeaderValueOption.newBuilder()
                        .setHeader(HeaderValue.newBuilder().setKey(name).setValue(value))
                        .setAppendAction(action)
                        .build());
              }
            });
  }

  private static List<String> removes(Optional<HeaderOperations> operations) {
    return operations.map(HeaderOperations::remove).orElse(List.of()).stream()
        .filter(name -> !isPseudo(name))
        .toList();
  }

  private static Optional<String> host(Optional<HeaderOperations> request) {
    if (request.isEmpty()) {
      return Optional.empty();
    }
    return host(request.get().set()).or(() -> host(request.get().add()));
  }

  private static Optional<String> host(Map<String, String> values) {
    return new TreeMap<>(values)
        .entrySet().stream()
            .filter(entry -> isHost(entry.getKey()))
            .map(Map.Entry::getValue)
            .findFirst();
  }

  private static boolean isPseudo(String name) {
    return name.startsWith(":") || isHost(name);
  }

  private static boolean isHost(String name) {
    return name.equalsIgnoreCase("host") || name.equals(":authority");
  }
}
