package io.mooring.identity.agent.tls;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.function.Supplier;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** Makes each socket by a factory of its own. Thread-safe. */
final class FreshSocketFactory extends SSLSocketFactory {

  private final Supplier<SSLSocketFactory> factories;
  private final String[] protocols;

  FreshSocketFactory(Supplier<SSLSocketFactory> factories, String[] protocols) {
    this.factories = factories;
    this.protocols = protocols.clone();
  }

  private Socket mutual(Socket socket) {
    SSLSocket tls = (SSLSocket) socket;
    tls.setEnabledProtocols(protocols);
    tls.setNeedClientAuth(true); // counts where it becomes a server's
    return tls;
  }

  @Override
  public Socket createSocket() throws IOException {
    return mutual(factories.get().createSocket());
  }

  @Override
  public Socket createSocket(Socket socket, String host, int port, boolean autoClose)
      throws IOException {
    return mutual(factories.get().createSocket(socket, host, port, autoClose));
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return mutual(factories.get().createSocket(host, port));
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort)
      throws IOException {
    return mutual(factories.get().createSocket(host, port, local, localPort));
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return mutual(factories.get().createSocket(host, port));
  }

  @Override
  public Socket createSocket(InetAddress address, int port, InetAddress local, int localPort)
      throws IOException {
    return mutual(factories.get().createSocket(address, port, local, localPort));
  }

  @Override
  public String[] getDefaultCipherSuites() {
    return factories.get().getDefaultCipherSuites();
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return factories.get().getSupportedCipherSuites();
  }
}
