package io.mooring.model.codec;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.BeanPropertyWriter;
import com.fasterxml.jackson.databind.ser.BeanSerializerModifier;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Objects;

/**
 * Jackson as the codec uses it: durations and times as text, fields in alphabetical order as {@code
 * kubectl} prints them, and nothing printed that has its default value.
 */
final class ModelMapper {

  private ModelMapper() {}

  static ObjectMapper create() {
    SimpleModule module = new SimpleModule();
    module.addDeserializer(Duration.class, new DurationReader());
    module.addSerializer(Duration.class, new DurationWriter());
    module.addDeserializer(Instant.class, new InstantReader());
    module.addSerializer(Instant.class, new InstantWriter());
    module.setSerializerModifier(new DefaultsOmitted());
    return JsonMapper.builder()
        .addModule(new Jdk8Module())
        .addModule(module)
        .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
        .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
        .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
        .build();
  }

  /** Leaves out the attributes of a model value that nobody set. */
  private static final class DefaultsOmitted extends BeanSerializerModifier {

    private static final long serialVersionUID = 1L;

    @Override
    public List<BeanPropertyWriter> changeProperties(
        SerializationConfig config, BeanDescription description, List<BeanPropertyWriter> writers) {
      Class<?> modelType = modelType(description.getBeanClass());
      if (modelType != Object.class) {
        Object defaults = ModelDefaults.of(modelType);
        writers.replaceAll(writer -> new UnlessDefault(writer, defaults));
      }
      return writers;
    }

    /** The generated class implements the model type, which carries the annotation. */
    private static Class<?> modelType(Class<?> generated) {
      for (Class<?> type : generated.getInterfaces()) {
        if (type.isAnnotationPresent(JsonDeserialize.class)) {
          return type;
        }
      }
      return Object.class;
    }
  }

  private static final class UnlessDefault extends BeanPropertyWriter {

    private static final long serialVersionUID = 1L;

    private final transient Object defaults;

    UnlessDefault(BeanPropertyWriter writer, Object defaults) {
      super(writer);
      this.defaults = defaults;
    }

    @Override
    public void serializeAsField(Object bean, JsonGenerator out, SerializerProvider provider)
        throws Exception {
      if (!Objects.equals(get(bean), get(defaults))) {
        super.serializeAsField(bean, out, provider);
      }
    }
  }

  private static final class DurationReader extends StdScalarDeserializer<Duration> {

    private static final long serialVersionUID = 1L;

    DurationReader() {
      super(Duration.class);
    }

    @Override
    public Duration deserialize(JsonParser in, DeserializationContext context) throws IOException {
      String text = in.getText();
      return DurationText.parse(text)
          .orElseThrow(
              () -> context.weirdStringException(text, Duration.class, "expected e.g. 1h30m"));
    }
  }

  private static final class DurationWriter extends StdScalarSerializer<Duration> {

    private static final long serialVersionUID = 1L;

    DurationWriter() {
      super(Duration.class);
    }

    @Override
    public void serialize(Duration value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeString(DurationText.print(value));
    }
  }

  private static final class InstantReader extends StdScalarDeserializer<Instant> {

    private static final long serialVersionUID = 1L;

    InstantReader() {
      super(Instant.class);
    }

    @Override
    public Instant deserialize(JsonParser in, DeserializationContext context) throws IOException {
      return OffsetDateTime.parse(in.getText()).toInstant();
    }
  }

  private static final class InstantWriter extends StdScalarSerializer<Instant> {

    private static final long serialVersionUID = 1L;

    InstantWriter() {
      super(Instant.class);
    }

    @Override
    public void serialize(Instant value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeString(value.toString());
    }
  }
}
