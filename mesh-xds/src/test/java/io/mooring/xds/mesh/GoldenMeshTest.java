package io.mooring.xds.mesh;

import io.mooring.testkit.GoldenFiles;
import io.mooring.xds.debug.ResourceJson;
import io.mooring.xds.resource.ResourceSet;
import io.mooring.xds.resource.XdsType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GoldenMeshTest {

  private static final Map<String, XdsType> TYPE_BY_FILE =
      Map.of("cds", XdsType.CLUSTER, "eds", XdsType.ENDPOINT, "rds", XdsType.ROUTE);

  @Test
  void bookinfoLooksAsItDid() throws IOException {
    String yaml = Files.readString(Path.of("src/test/resources/golden/bookinfo/input.yaml"));
    try (TestMesh mesh = TestMesh.of(yaml)) {
      ResourceSet set = mesh.generator().initial(TestMesh.proxy("demo"));

      TYPE_BY_FILE.forEach(
          (file, type) ->
              GoldenFiles.assertMatches(
                  "bookinfo/" + file + ".json", ResourceJson.print(set, Set.of(type))));
    }
  }
}
