package io.mooring.identity.bootstrap;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mooring.model.Metadata;
import io.mooring.model.codec.ConfigCodec;
import io.mooring.model.codec.ParsedConfig;
import io.mooring.model.networking.ReadinessProbe;
import io.mooring.model.networking.WorkloadGroup;
import io.mooring.model.networking.WorkloadGroupSpec;

/** A probe in {@code agent.json}: what it is in a WorkloadGroup, by the same codec. Stateless. */
final class ProbeJson {

  private static final String GROUP = "WorkloadGroup";
  private static final String PROBE = "probe";

  private ProbeJson() {}

  static JsonNode tree(ReadinessProbe probe) {
    WorkloadGroup group =
        WorkloadGroup.builder()
            .metadata(Metadata.of(PROBE, PROBE))
            .spec(WorkloadGroupSpec.builder().probe(probe).build())
            .build();
    try {
      return Json.MAPPER.readTree(new ConfigCodec().toJson(group)).at("/spec/probe");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the codec writes no JSON", e);
    }
  }

  /**
   * Returns the probe that {@code json} spells.
   *
   * @throws IllegalArgumentException if a field of it is wrong; the message names it
   */
  static ReadinessProbe parse(JsonNode json) {
    ObjectNode group = Json.object("apiVersion", "networking.istio.io/v1", "kind", GROUP);
    group.putObject("metadata").put("name", PROBE).put("namespace", PROBE);
    ObjectNode spec = group.putObject("spec");
    spec.putObject("template"); // a group has to have one
    spec.set(PROBE, json);
    ParsedConfig parsed = new ConfigCodec().parse("agent.json", Json.print(group));
    if (parsed.hasErrors()
        || parsed.objects().size() != 1
        || !(parsed.objects().get(0).object() instanceof WorkloadGroup read)
        || read.spec().probe().isEmpty()) {
      throw new IllegalArgumentException("agent.json, field 'probe': " + parsed.problems());
    }
    return read.spec().probe().get();
  }
}
