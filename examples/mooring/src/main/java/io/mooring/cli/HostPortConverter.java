package io.mooring.cli;

import java.net.InetSocketAddress;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code HOST:PORT} and {@code [IPV6]:PORT}; the address is left unresolved. */
final class HostPortConverter implements ITypeConverter<InetSocketAddress> {

  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._:%-]{1,255}");

  @Override
  public InetSocketAddress convert(String text) {
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? "" : text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.contains(":")) {
      throw refused(text);
    }
    String port = text.substring(colon + 1);
    if (!HOST.matcher(host).matches()
        || !port.matches("\\d{1,5}")
        || Integer.parseInt(port) > 65_535) {
      throw refused(text);
    }
    return InetSocketAddress.createUnresolved(host, Integer.parseInt(port));
  }

  private static TypeConversionException refused(String text) {
    return new TypeConversionException(
        "'" + text + "' is no HOST:PORT (expected: e.g. 127.0.0.1:15012, [::1]:0)");
  }
}
