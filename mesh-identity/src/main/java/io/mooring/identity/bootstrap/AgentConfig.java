package io.mooring.identity.bootstrap;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mooring.model.MeshStyle;
import io.mooring.model.networking.ReadinessProbe;
import io.mooring.model.spiffe.SpiffeId;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * What the agent of one VM is told: the content of {@code agent.json}. Immutable, without secrets.
 *
 * <p>The other files of the bundle lie beside it under the names that {@link BootstrapFiles} gives.
 */
@Value.Immutable
@MeshStyle
public interface AgentConfig {

  /** Returns the namespace of the VM's group. */
  String namespace();

  /** Returns the name of the VM's group. */
  String group();

  /** Returns the only identity that the agent may accept for this VM. */
  SpiffeId identity();

  /** Returns the control plane to join. */
  ControlPlane controlPlane();

  /**
   * Returns the VM's address in the mesh; without it the agent takes the local address that reaches
   * the control plane.
   */
  Optional<String> address();

  /** Returns the address of Envoy's admin page and, without capture, of its outbound listeners. */
  String bindAddress();

  /** Returns the port of Envoy's admin page at {@link #bindAddress()}. */
  int adminPort();

  /** Returns how traffic reaches Envoy. */
  CaptureMode capture();

  /** Returns how the agent looks after the VM's workload; without it nobody does. */
  Optional<ReadinessProbe> probe();

  /** Returns the text of {@code agent.json}. */
  default String toJson() {
    ObjectNode json = Json.object();
    json.put("version", AgentConfigJson.VERSION);
    json.put("namespace", namespace());
    json.put("group", group());
    json.put("identity", identity().toString());
    json.putObject("controlPlane")
        .put("host", controlPlane().host())
        .put("port", controlPlane().port())
        .put("id", controlPlane().id().toString());
    address().ifPresent(address -> json.put("address", address));
    json.put("bindAddress", bindAddress());
    json.put("adminPort", adminPort());
    json.put("capture", capture().toString());
    probe().ifPresent(probe -> json.set("probe", ProbeJson.tree(probe)));
    return Json.print(json);
  }

  /**
   * Returns the configuration that {@code json} spells. Fields of later versions are ignored.
   *
   * @throws IllegalArgumentException if it is no JSON object, or a field is missing or wrong; the
   *     message names the field
   */
  static AgentConfig parse(String json) {
    try {
      return AgentConfigJson.read(Json.MAPPER.readTree(json));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "agent.json is no JSON, line "
              + (e.getLocation() == null ? 0 : e.getLocation().getLineNr())
              + ": "
              + e.getOriginalMessage(),
          e);
    }
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link AgentConfig}. Not thread-safe. */
  final class Builder extends ImmutableAgentConfig.Builder {
    Builder() {}
  }
}
