/**
 * YAML and JSON text to model objects and back.
 *
 * <p>A text goes through five steps, each a small class of its own. {@code DocumentSplitter} cuts
 * it at the document markers, so that a syntax error costs one document and not the rest of the
 * file. {@code YamlTreeReader} or {@code JsonTreeReader} makes a {@code Tree} of a document:
 * scalars, lists and maps that know their line and column, with anchors and merge keys resolved and
 * with bounds on depth and expansion. {@code SchemaCheck} compares the tree with the {@code Schema}
 * of the kind, which is derived from the model types, and collects whatever does not fit. Jackson
 * binds the rest. {@code model.validation} says what breaks a rule. Checking before binding, rather
 * than catching what the binding throws, is what makes all problems of a document known at once,
 * each at its own line and column.
 *
 * <p>This package is public API.
 */
@NullMarked
package io.mooring.model.codec;

import org.jspecify.annotations.NullMarked;
