package io.mooring.xds.driver;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The other process, as the driver sees it. */
final class ServerProcess implements AutoCloseable {

  private final Process process;
  private final BufferedReader answers;
  private final BufferedWriter commands;
  private final int port;

  ServerProcess(String subject, int clusters) throws IOException {
    process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1500m",
                "-XX:+UseParallelGC",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "-cp",
                System.getProperty("java.class.path"),
                LoadServer.class.getName(),
                subject,
                Integer.toString(clusters))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    answers =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    commands =
        new BufferedWriter(
            new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
    port = (int) answer("port");
  }

  int port() {
    return port;
  }

  /** Changes one cluster; returns when, on the clock of {@link System#nanoTime}. */
  long change() throws IOException {
    return ask("change", "changed");
  }

  long cpuNanos() throws IOException {
    return ask("cpu", "cpu");
  }

  /** Returns the bytes of live objects. */
  long heap() throws IOException {
    return ask("heap", "heap");
  }

  private long ask(String command, String word) throws IOException {
    commands.write(command + "\n");
    commands.flush();
    return answer(word);
  }

  private long answer(String word) throws IOException {
    for (String line = answers.readLine(); line != null; line = answers.readLine()) {
      if (line.startsWith(word + " ")) {
        return Long.parseLong(line.substring(word.length() + 1));
      }
    }
    throw new IOException("the server ended before it said '" + word + "'");
  }

  @Override
  public void close() throws IOException {
    commands.close();
    process.destroy();
  }
}
