package io.mooring.xds.mesh;

import io.mooring.xds.resource.ResourceSet;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One endpoint changes: from the registry's event to the resources of a proxy. Goal: the same cost
 * in a mesh ten times larger.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class EndpointChangeBenchmark {

  @Param({"1000", "10000"})
  public int services;

  /** Whether every service has rules of its own. */
  @Param({"false", "true"})
  public boolean rules;

  private BenchMesh mesh;
  private MeshGenerator generator;
  private ResourceSet resources;
  private int weight;

  @Setup
  public void setUp() {
    mesh = new BenchMesh(services, rules);
    generator = new MeshGenerator(mesh::snapshot);
    resources = generator.initial(BenchMesh.PROXY);
  }

  @TearDown
  public void tearDown() {
    mesh.close();
  }

  @Benchmark
  public ResourceSet changeOneEndpoint() {
    weight = weight % 60_000 + 1;
    resources = generator.update(BenchMesh.PROXY, resources, mesh.changeWeight(weight));
    return resources;
  }
}
