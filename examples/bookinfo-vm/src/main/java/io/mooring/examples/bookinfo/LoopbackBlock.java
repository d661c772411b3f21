package io.mooring.examples.bookinfo;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.random.RandomGenerator;

/**
 * 253 loopback addresses {@code 127.x.y.1} to {@code 127.x.y.253} that no other run of the demo
 * uses while this is open.
 */
final class LoopbackBlock implements AutoCloseable {

  private static final int ATTEMPTS = 20;

  /** Whoever listens here owns the block: the kernel lets only one. */
  private static final int RESERVED_HOST = 254;

  private static final int RESERVED_PORT = 9080;

  private final String prefix;
  private final ServerSocket reservation;

  private LoopbackBlock(String prefix, ServerSocket reservation) {
    this.prefix = prefix;
    this.reservation = reservation;
  }

  /**
   * Takes a free block.
   *
   * @throws IOException if none of several is free, or this system has no {@code 127.0.0.0/8}
   */
  static LoopbackBlock reserve(RandomGenerator random) throws IOException {
    IOException last = new IOException("no attempt was made");
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      String prefix = "127." + random.nextInt(16, 250) + "." + random.nextInt(256) + ".";
      ServerSocket reservation = new ServerSocket();
      try {
        reservation.bind(new InetSocketAddress(prefix + RESERVED_HOST, RESERVED_PORT));
        return new LoopbackBlock(prefix, reservation);
      } catch (IOException e) {
        reservation.close();
        last = e;
      }
    }
    throw new IOException("no free block of loopback addresses in 127.0.0.0/8", last);
  }

  /** Returns an address of the block, counted from 1. */
  String address(int number) {
    if (number < 1 || number >= RESERVED_HOST) {
      throw new IllegalArgumentException("number: " + number + " (expected: 1..253)");
    }
    return prefix + number;
  }

  @Override
  public void close() throws IOException {
    reservation.close();
  }
}
