package io.mooring.model.security;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.util.List;
import org.immutables.value.Value;

/**
 * What is asked for; all fields match. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/security/authorization-policy/">AuthorizationPolicy</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = Operation.Builder.class)
public interface Operation {

  /** Returns the hosts. */
  List<String> hosts();

  /** Returns the hosts that are not meant. */
  List<String> notHosts();

  /** Returns the ports. */
  List<String> ports();

  /** Returns the ports that are not meant. */
  List<String> notPorts();

  /** Returns the methods. */
  List<String> methods();

  /** Returns the methods that are not meant. */
  List<String> notMethods();

  /** Returns the paths. */
  List<String> paths();

  /** Returns the paths that are not meant. */
  List<String> notPaths();

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link Operation}. Not thread-safe. */
  final class Builder extends ImmutableOperation.Builder {
    Builder() {}
  }
}
