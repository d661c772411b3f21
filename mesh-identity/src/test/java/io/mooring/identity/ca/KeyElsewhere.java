package io.mooring.identity.ca;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.concurrent.TimeUnit;

/**
 * A signing key in another process, as in a key service: content goes in, signatures come out, the
 * private key has never been here. One request at a time.
 */
final class KeyElsewhere implements SigningKey, AutoCloseable {

  private final Process process;
  private final PrintStream requests;
  private final BufferedReader replies;
  private final PublicKey publicKey;

  KeyElsewhere() throws IOException, GeneralSecurityException {
    process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                KeyElsewhere.class.getName())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    requests = new PrintStream(process.getOutputStream(), true, StandardCharsets.US_ASCII);
    replies =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
    publicKey =
        KeyFactory.getInstance("EC")
            .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(reply())));
  }

  /** The other process. */
  public static void main(String[] args) throws Exception {
    KeyPair keys = Csr.ec("secp256r1");
    System.out.println(Base64.getEncoder().encodeToString(keys.getPublic().getEncoded()));
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      Signature signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(keys.getPrivate());
      signature.update(Base64.getDecoder().decode(line));
      System.out.println(Base64.getEncoder().encodeToString(signature.sign()));
    }
  }

  private String reply() {
    try {
      String line = replies.readLine();
      if (line != null) {
        return line;
      }
    } catch (IOException e) {
      throw new CertificateAuthorityException("the key service is gone", e);
    }
    throw new CertificateAuthorityException("the key service is gone");
  }

  @Override
  public PublicKey publicKey() {
    return publicKey;
  }

  @Override
  public String algorithm() {
    return "SHA256withECDSA";
  }

  @Override
  public synchronized byte[] sign(byte[] content) {
    requests.println(Base64.getEncoder().encodeToString(content));
    return Base64.getDecoder().decode(reply());
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().orTimeout(5, TimeUnit.SECONDS).join();
  }
}
