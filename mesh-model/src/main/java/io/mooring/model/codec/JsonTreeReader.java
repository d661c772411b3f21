package io.mooring.model.codec;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.mooring.model.validation.Quoted;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes trees of JSON text, which may have several values one after the other. */
final class JsonTreeReader {

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxStringLength(TreeLimits.MAX_CHARACTERS)
                  .maxNestingDepth(TreeLimits.MAX_DEPTH)
                  .build())
          .build();

  private final JsonParser parser;
  private @Nullable Tree root;

  private JsonTreeReader(JsonParser parser) {
    this.parser = parser;
  }

  /** Returns the documents of a text; after one with a fault there is none. */
  static List<TreeDocument> read(String text) {
    List<TreeDocument> documents = new ArrayList<>();
    try (JsonParser parser = FACTORY.createParser(text)) {
      JsonTreeReader reader = new JsonTreeReader(parser);
      reader.readInto(documents);
    } catch (IOException e) {
      throw new UncheckedIOException("reading from memory failed", e);
    }
    return documents;
  }

  private void readInto(List<TreeDocument> documents) throws IOException {
    try {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        root = begin(token);
        fill(root);
        documents.add(new TreeDocument(Optional.of(root), Optional.empty()));
        root = null;
      }
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation() == null ? parser.currentLocation() : e.getLocation();
      Problem.Code code =
          e.getOriginalMessage().contains("nesting depth")
              ? Problem.Code.LIMIT
              : Problem.Code.SYNTAX;
      String message =
          code == Problem.Code.LIMIT
              ? "nested deeper than " + TreeLimits.MAX_DEPTH + " levels"
              : Quoted.text(e.getOriginalMessage(), 200);
      documents.add(
          new TreeDocument(
              Optional.ofNullable(root),
              Optional.of(
                  new TreeDocument.Fault(
                      code, Math.max(1, at.getLineNr()), Math.max(1, at.getColumnNr()), message))));
    }
  }

  private Tree begin(JsonToken token) throws IOException {
    JsonLocation at = parser.currentTokenLocation();
    int line = at.getLineNr();
    int column = at.getColumnNr();
    return switch (token) {
      case START_OBJECT -> new Tree.Mapping(line, column);
      case START_ARRAY -> new Tree.Sequence(line, column);
      case VALUE_NULL -> new Tree.Scalar(Tree.Scalar.Type.NULL, "", line, column);
      case VALUE_TRUE, VALUE_FALSE ->
          new Tree.Scalar(Tree.Scalar.Type.BOOLEAN, parser.getText(), line, column);
      case VALUE_NUMBER_INT ->
          new Tree.Scalar(Tree.Scalar.Type.INTEGER, parser.getText(), line, column);
      case VALUE_NUMBER_FLOAT ->
          new Tree.Scalar(Tree.Scalar.Type.DECIMAL, parser.getText(), line, column);
      default -> new Tree.Scalar(Tree.Scalar.Type.TEXT, parser.getText(), line, column);
    };
  }

  private void fill(Tree value) throws IOException {
    if (value instanceof Tree.Sequence sequence) {
      for (JsonToken token = parser.nextToken();
          token != JsonToken.END_ARRAY;
          token = parser.nextToken()) {
        Tree item = begin(token);
        sequence.add(item);
        fill(item);
      }
      sequence.close();
    } else if (value instanceof Tree.Mapping mapping) {
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        JsonLocation at = parser.currentTokenLocation();
        String key = parser.currentName();
        Tree item = begin(parser.nextToken());
        mapping.add(new Tree.Entry(key, at.getLineNr(), at.getColumnNr(), item));
        fill(item);
      }
      mapping.close();
    }
  }
}
