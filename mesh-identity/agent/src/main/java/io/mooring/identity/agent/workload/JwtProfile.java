package io.mooring.identity.agent.workload;

import com.google.protobuf.ByteString;
import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.mooring.identity.JwtSvid;
import io.mooring.identity.TrustBundle;
import io.mooring.identity.agent.svid.Credentials;
import io.mooring.identity.api.workload.JWTBundlesResponse;
import io.mooring.identity.api.workload.JWTSVID;
import io.mooring.identity.api.workload.JWTSVIDResponse;
import io.mooring.identity.api.workload.ValidateJWTSVIDResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The messages of the JWT-SVID profile. Stateless. */
final class JwtProfile {

  private JwtProfile() {}

  static JWTSVIDResponse svid(JwtSvid svid) {
    return JWTSVIDResponse.newBuilder()
        .addSvids(JWTSVID.newBuilder().setSpiffeId(svid.id().toString()).setSvid(svid.reveal()))
        .build();
  }

  /** Keys of other uses are left out. */
  static JWTBundlesResponse bundles(Credentials credentials) {
    JWTBundlesResponse.Builder response = JWTBundlesResponse.newBuilder();
    for (TrustBundle bundle : credentials.bundles()) {
      TrustBundle jwtKeys =
          new TrustBundle(
              bundle.trustDomain(),
              List.of(),
              bundle.jwtKeys(),
              Optional.empty(),
              Optional.empty());
      response.putBundles(X509Profile.id(bundle), ByteString.copyFromUtf8(jwtKeys.toJson()));
    }
    return response.build();
  }

  static ValidateJWTSVIDResponse validated(JwtSvid svid) {
    return ValidateJWTSVIDResponse.newBuilder()
        .setSpiffeId(svid.id().toString())
        .setClaims(struct(svid.claims()))
        .build();
  }

  private static Struct struct(Map<?, ?> fields) {
    Struct.Builder struct = Struct.newBuilder();
    fields.forEach((name, value) -> struct.putFields(String.valueOf(name), value(value)));
    return struct.build();
  }

  private static Value value(@Nullable Object plain) {
    Value.Builder value = Value.newBuilder();
    if (plain == null) {
      value.setNullValue(NullValue.NULL_VALUE);
    } else if (plain instanceof Boolean bool) {
      value.setBoolValue(bool);
    } else if (plain instanceof Number number) {
      value.setNumberValue(number.doubleValue());
    } else if (plain instanceof Map<?, ?> map) {
      value.setStructValue(struct(map));
    } else if (plain instanceof List<?> list) {
      ListValue.Builder values = ListValue.newBuilder();
      list.forEach(element -> values.addValues(value(element)));
      value.setListValue(values);
    } else {
      value.setStringValue(plain.toString());
    }
    return value.build();
  }
}
