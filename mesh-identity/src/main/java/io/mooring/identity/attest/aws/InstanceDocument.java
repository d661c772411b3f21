package io.mooring.identity.attest.aws;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mooring.identity.attest.RefusalReason;
import io.mooring.identity.attest.RefusedException;
import io.mooring.identity.attest.Selector;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The fields of an instance identity document, each checked for its form. Immutable. */
record InstanceDocument(
    String account,
    String region,
    String zone,
    String instance,
    String instanceType,
    String image,
    Instant launched) {

  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

  private static final Pattern ACCOUNT = Pattern.compile("[0-9]{12}");
  private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?");
  private static final Pattern INSTANCE = Pattern.compile("i-[0-9a-f]{8,17}");
  private static final Pattern TYPE = Pattern.compile("[a-z0-9.-]{1,64}");
  private static final Pattern IMAGE = Pattern.compile("ami-[0-9a-f]{8,17}");

  static InstanceDocument parse(String text) {
    try {
      JsonNode json = MAPPER.readTree(text);
      return new InstanceDocument(
          field(json, "accountId", ACCOUNT),
          field(json, "region", NAME),
          field(json, "availabilityZone", NAME),
          field(json, "instanceId", INSTANCE),
          field(json, "instanceType", TYPE),
          field(json, "imageId", IMAGE),
          Instant.parse(json.path("pendingTime").asText()));
    } catch (IOException | DateTimeException e) {
      throw refused("unreadable instance document: " + e.getMessage());
    }
  }

  private static String field(JsonNode json, String name, Pattern form) {
    JsonNode value = json.path(name);
    if (!value.isTextual() || !form.matcher(value.textValue()).matches()) {
      throw refused("instance document with " + name + " " + value + " (expected: " + form + ")");
    }
    return value.textValue();
  }

  Set<Selector> selectors() {
    Set<Selector> selectors = new TreeSet<>();
    selectors.add(new Selector(AwsAttestor.KIND, "account", account));
    selectors.add(new Selector(AwsAttestor.KIND, "region", region));
    selectors.add(new Selector(AwsAttestor.KIND, "availability-zone", zone));
    selectors.add(new Selector(AwsAttestor.KIND, "instance", instance));
    selectors.add(new Selector(AwsAttestor.KIND, "instance-type", instanceType));
    selectors.add(new Selector(AwsAttestor.KIND, "image", image));
    return selectors;
  }

  private static RefusedException refused(String detail) {
    return new RefusedException(RefusalReason.INVALID_EVIDENCE, detail);
  }
}
