package io.mooring.model.codec;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.kubernetes.IntOrString;
import io.mooring.model.networking.WorkloadGroup;
import io.mooring.model.networking.WorkloadGroupSpec;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Derives schemas from the model types: the attributes of an Immutables value, the components of a
 * record. Confined to the construction of one codec.
 */
final class SchemaFactory {

  /** Fields of which an absent and an empty value are not the same. */
  private static final Map<Class<?>, Set<String>> REQUIRED =
      Map.of(WorkloadGroup.class, Set.of("spec"), WorkloadGroupSpec.class, Set.of("template"));

  private static final Pattern CAPITAL = Pattern.compile("[A-Z]");

  private static final Map<Class<?>, Schema> SCALARS =
      Map.ofEntries(
          Map.entry(String.class, Schema.Scalar.TEXT),
          Map.entry(boolean.class, Schema.Scalar.BOOLEAN),
          Map.entry(Boolean.class, Schema.Scalar.BOOLEAN),
          Map.entry(int.class, Schema.Scalar.INT),
          Map.entry(Integer.class, Schema.Scalar.INT),
          Map.entry(OptionalInt.class, Schema.Scalar.INT),
          Map.entry(long.class, Schema.Scalar.LONG),
          Map.entry(Long.class, Schema.Scalar.LONG),
          Map.entry(OptionalLong.class, Schema.Scalar.LONG),
          Map.entry(double.class, Schema.Scalar.DECIMAL),
          Map.entry(OptionalDouble.class, Schema.Scalar.DECIMAL),
          Map.entry(Duration.class, Schema.Scalar.DURATION),
          Map.entry(Instant.class, Schema.Scalar.TIMESTAMP),
          Map.entry(IntOrString.class, Schema.Scalar.INT_OR_TEXT),
          Map.entry(Object.class, Schema.Scalar.ANY));

  private final Schema.Unknown unknown;

  private final Map<Class<?>, Schema> objects = new HashMap<>();

  /** Creates a factory of schemas that treat unknown fields in one way. */
  SchemaFactory(Schema.Unknown unknown) {
    this.unknown = unknown;
  }

  /** Returns the schema of a model type. */
  Schema.Fields object(Class<?> type) {
    return (Schema.Fields) schema(type);
  }

  private Schema schema(Type type) {
    if (type instanceof ParameterizedType generic) {
      return generic(generic);
    }
    Class<?> raw = (Class<?>) type;
    Schema scalar = SCALARS.get(raw);
    if (scalar != null) {
      return scalar;
    }
    if (raw.isEnum()) {
      return new Schema.Choice(
          Arrays.stream(raw.getEnumConstants()).map(value -> ((Enum<?>) value).name()).toList());
    }
    Schema known = objects.get(raw);
    if (known == null) {
      known = raw.isRecord() ? recordFields(raw) : valueFields(raw);
      objects.put(raw, known);
    }
    return known;
  }

  private Schema generic(ParameterizedType type) {
    Type[] arguments = type.getActualTypeArguments();
    Class<?> raw = (Class<?>) type.getRawType();
    if (raw == Optional.class) {
      return schema(arguments[0]);
    }
    if (raw == List.class) {
      return new Schema.ListOf(schema(arguments[0]));
    }
    if (raw == Map.class) {
      return new Schema.MapOf(arguments[0] == Integer.class, schema(arguments[1]));
    }
    throw new IllegalArgumentException(
        "model attribute of type " + type + " (expected: Optional, List or Map)");
  }

  private Schema recordFields(Class<?> type) {
    Map<String, Schema> fields = new TreeMap<>();
    for (RecordComponent component : type.getRecordComponents()) {
      fields.put(component.getName(), schema(component.getGenericType()));
    }
    return new Schema.Fields(fields, Set.of(), Map.of(), Set.of(), unknown);
  }

  private Schema valueFields(Class<?> type) {
    Map<String, Schema> fields = new TreeMap<>();
    Map<String, String> aliases = new TreeMap<>();
    for (Method method : ModelDefaults.of(type).getClass().getMethods()) {
      if (method.isAnnotationPresent(JsonProperty.class)) {
        String name = method.getName();
        fields.put(name, schema(method.getGenericReturnType()));
        aliases(type, name).forEach(alias -> aliases.put(alias, name));
      }
    }
    JsonIgnoreProperties ignored =
        type.getAnnotation(JsonDeserialize.class)
            .builder()
            .getAnnotation(JsonIgnoreProperties.class);
    return new Schema.Fields(
        fields,
        REQUIRED.getOrDefault(type, Set.of()),
        aliases,
        ignored == null ? Set.of() : Set.of(ignored.value()),
        unknown);
  }

  /** Istio reads its mesh configuration as protobuf does, which takes names_like_this as well. */
  private List<String> aliases(Class<?> type, String name) {
    List<String> aliases = new ArrayList<>();
    for (Method method : type.getMethods()) {
      JsonAlias alias = method.getAnnotation(JsonAlias.class);
      if (alias != null && method.getName().equals(name)) {
        aliases.addAll(List.of(alias.value()));
      }
    }
    if (unknown == Schema.Unknown.WARNED) {
      String snake = CAPITAL.matcher(name).replaceAll("_$0").toLowerCase(Locale.ROOT);
      if (!snake.equals(name)) {
        aliases.add(snake);
      }
    }
    return aliases;
  }
}
