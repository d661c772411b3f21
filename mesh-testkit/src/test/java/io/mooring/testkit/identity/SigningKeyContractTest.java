package io.mooring.testkit.identity;

import io.mooring.identity.ca.SigningKey;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.Security;
import org.junit.jupiter.api.Nested;

/** The keys that there are, by kind. */
class SigningKeyContractTest {

  private static SigningKey key(String kind, int bits, String provider) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(kind);
    generator.initialize(bits);
    KeyPair keys = generator.generateKeyPair();
    Provider signs = Security.getProvider(provider);
    return SigningKey.of(keys.getPrivate(), keys.getPublic(), signs, new SecureRandom());
  }

  @Nested
  class KnownKeyTest implements SigningKeyContract {
    private final SigningKey key = new KnownKey();

    @Override
    public SigningKey key() {
      return key;
    }
  }

  @Nested
  class P256Test implements SigningKeyContract {
    private final SigningKey key;

    P256Test() throws Exception {
      key = SigningKeyContractTest.key("EC", 256, "SunEC");
    }

    @Override
    public SigningKey key() {
      return key;
    }
  }

  @Nested
  class P384Test implements SigningKeyContract {
    private final SigningKey key;

    P384Test() throws Exception {
      key = SigningKeyContractTest.key("EC", 384, "SunEC");
    }

    @Override
    public SigningKey key() {
      return key;
    }
  }

  @Nested
  class RsaTest implements SigningKeyContract {
    private final SigningKey key;

    RsaTest() throws Exception {
      key = SigningKeyContractTest.key("RSA", 2048, "SunRsaSign");
    }

    @Override
    public SigningKey key() {
      return key;
    }
  }
}
