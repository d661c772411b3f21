package io.mooring.examples.bookinfo;

import io.mooring.identity.agent.VmAgent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/** A real Envoy on every VM, run by the agent. */
final class EnvoyDataPlane implements DataPlane {

  private static final Duration READY_TIMEOUT = Duration.ofSeconds(20);

  private final Path envoy;
  private final String origin;
  private final Map<String, VmAgent> agentByVm = new ConcurrentSkipListMap<>();

  EnvoyDataPlane(Path envoy, String origin) {
    this.envoy = envoy;
    this.origin = origin;
  }

  @Override
  public String name() {
    return "real Envoys, " + origin;
  }

  @Override
  public boolean tls() {
    return true;
  }

  @Override
  public String join(Vm vm, Path bundle) {
    VmAgent agent =
        VmAgent.builder()
            .bundle(bundle)
            .envoy(envoy)
            .envoyArguments(List.of("--concurrency", "1"))
            .drainTime(Duration.ZERO)
            .start();
    agentByVm.put(vm.name(), agent);
    agent.awaitEnvoyReady(READY_TIMEOUT);
    return agent.spiffeId().toString();
  }

  @Override
  public void leave(Vm vm) {
    VmAgent agent = agentByVm.remove(vm.name());
    if (agent != null) {
      agent.close();
    }
  }

  @Override
  public void close() {
    List<VmAgent> agents = new ArrayList<>(agentByVm.values());
    agentByVm.clear();
    agents.parallelStream().forEach(VmAgent::close);
  }
}
