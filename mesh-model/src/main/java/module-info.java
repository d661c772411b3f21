/**
 * The service registry: Istio-shaped configuration values, their codec, and the merged, resolved
 * view.
 */
module io.mooring.model {
  requires transitive com.fasterxml.jackson.databind;
  requires com.fasterxml.jackson.datatype.jdk8;
  requires org.pcollections;
  requires org.slf4j;
  requires org.snakeyaml.engine.v2;
  requires static java.compiler;
  requires static org.immutables.value.annotations;
  requires static transitive org.jspecify;

  exports io.mooring.analysis;
  exports io.mooring.model;
  exports io.mooring.model.codec;
  exports io.mooring.model.kubernetes;
  exports io.mooring.model.mesh;
  exports io.mooring.model.networking;
  exports io.mooring.model.security;
  exports io.mooring.model.spiffe;
  exports io.mooring.model.validation;
  exports io.mooring.registry;
  exports io.mooring.registry.file;
  exports io.mooring.registry.memory;
  exports io.mooring.service;

  opens io.mooring.model to
      com.fasterxml.jackson.databind;
  opens io.mooring.model.kubernetes to
      com.fasterxml.jackson.databind;
  opens io.mooring.model.mesh to
      com.fasterxml.jackson.databind;
  opens io.mooring.model.networking to
      com.fasterxml.jackson.databind;
  opens io.mooring.model.security to
      com.fasterxml.jackson.databind;
}
