package io.mooring.examples.bookinfo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.util.JsonFormat;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.TlsChannelCredentials;
import io.mooring.identity.agent.VmAgent;
import io.mooring.identity.bootstrap.AgentConfig;
import io.mooring.testkit.traffic.InProcessProxy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.random.RandomGenerator;

/**
 * The testkit's proxy on every VM: it joins as an Envoy does, gets the same configuration on an ADS
 * stream with the VM's certificate, and carries plain text.
 */
final class InProcessDataPlane implements DataPlane {

  private final RandomGenerator random;
  private final Map<String, Member> memberByVm = new ConcurrentSkipListMap<>();

  /** What runs on one VM. */
  private record Member(VmAgent agent, ManagedChannel channel, InProcessProxy proxy) {
    void close() {
      proxy.close();
      channel.shutdownNow();
      agent.close();
    }
  }

  InProcessDataPlane(RandomGenerator random) {
    this.random = random;
  }

  @Override
  public String name() {
    return "the in-process proxy of the testkit, plain text by PeerAuthentication DISABLE";
  }

  @Override
  public boolean tls() {
    return false;
  }

  @Override
  public String join(Vm vm, Path bundle) throws IOException {
    Path state = bundle.resolve("state");
    VmAgent agent = VmAgent.builder().bundle(bundle).state(state).start();
    try {
      ManagedChannel channel = channel(bundle, state);
      InProcessProxy proxy = InProcessProxy.following(channel, node(bundle), random);
      memberByVm.put(vm.name(), new Member(agent, channel, proxy));
      return agent.spiffeId().toString();
    } catch (IOException | RuntimeException e) {
      agent.close();
      throw e;
    }
  }

  private static ManagedChannel channel(Path bundle, Path state) throws IOException {
    AgentConfig config = AgentConfig.parse(Files.readString(bundle.resolve("agent.json")));
    Path svid = state.resolve("svid.pem");
    return Grpc.newChannelBuilder(
            config.controlPlane().authority(),
            TlsChannelCredentials.newBuilder()
                .keyManager(svid.toFile(), svid.toFile())
                .trustManager(bundle.resolve("root-cert.pem").toFile())
                .build())
        .build();
  }

  private static Node node(Path bundle) throws IOException {
    JsonNode bootstrap = new ObjectMapper().readTree(bundle.resolve("envoy.json").toFile());
    Node.Builder node = Node.newBuilder();
    JsonFormat.parser().merge(bootstrap.path("node").toString(), node);
    return node.build();
  }

  @Override
  public void leave(Vm vm) {
    Member member = memberByVm.remove(vm.name());
    if (member != null) {
      member.close();
    }
  }

  @Override
  public void close() {
    List<Member> members = new ArrayList<>(memberByVm.values());
    memberByVm.clear();
    members.parallelStream().forEach(Member::close);
  }
}
