package io.mooring.xds.protocol;

/** The nonces of one stream: 1, 2, 3 ... Confined to its session. */
final class NonceSequence {

  private long last;

  String next() {
    return Long.toString(++last);
  }
}
