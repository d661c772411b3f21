package io.mooring.model.codec;

import java.util.Optional;

/**
 * What a reader made of one document.
 *
 * @param root the value; what was read before the fault where there is one
 * @param fault why the document could not be read to its end
 */
record TreeDocument(Optional<Tree> root, Optional<Fault> fault) {

  /**
   * Why a document could not be read.
   *
   * @param code {@code SYNTAX} or {@code LIMIT}
   * @param line line, from 1
   * @param column column, from 1
   * @param message what is wrong
   */
  record Fault(Problem.Code code, int line, int column, String message) {}
}
