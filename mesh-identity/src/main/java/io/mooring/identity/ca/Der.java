package io.mooring.identity.ca;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;

/**
 * The few rules of DER that a leaf needs. BouncyCastle's object trees cost a tenth of an issue; all
 * that is made here is read back by another parser before it is handed out. Pure.
 */
final class Der {

  static final int BOOLEAN = 0x01;
  static final int INTEGER = 0x02;
  static final int BIT_STRING = 0x03;
  static final int OCTET_STRING = 0x04;
  static final int SEQUENCE = 0x30;

  private static final int UTC_TIME = 0x17;
  private static final int GENERALIZED_TIME = 0x18;
  private static final int FIRST_GENERALIZED_YEAR = 2050;
  private static final int LONG_FORM = 0x80;

  private Der() {}

  /** Returns the element with this tag and content. */
  static byte[] element(int tag, byte[]... content) {
    int length = 0;
    for (byte[] part : content) {
      length += part.length;
    }
    int octets = length < LONG_FORM ? 0 : length <= 0xff ? 1 : length <= 0xffff ? 2 : 3;
    byte[] element = new byte[2 + octets + length];
    element[0] = (byte) tag;
    element[1] = (byte) (octets == 0 ? length : LONG_FORM | octets);
    for (int i = 0; i < octets; i++) {
      element[2 + i] = (byte) (length >> (8 * (octets - 1 - i)));
    }
    int at = 2 + octets;
    for (byte[] part : content) {
      System.arraycopy(part, 0, element, at, part.length);
      at += part.length;
    }
    return element;
  }

  /** Returns a string of whole octets. */
  static byte[] bitString(byte[] octets) {
    return element(BIT_STRING, new byte[] {0}, octets);
  }

  /** RFC 5280 4.1.2.5: UTCTime up to 2049. */
  static byte[] time(Instant instant) {
    LocalDateTime time = LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
    boolean late = time.getYear() >= FIRST_GENERALIZED_YEAR;
    StringBuilder text = new StringBuilder(15);
    if (late) {
      twoDigits(text, time.getYear() / 100);
    }
    twoDigits(text, time.getYear() % 100);
    twoDigits(text, time.getMonthValue());
    twoDigits(text, time.getDayOfMonth());
    twoDigits(text, time.getHour());
    twoDigits(text, time.getMinute());
    twoDigits(text, time.getSecond());
    return element(
        late ? GENERALIZED_TIME : UTC_TIME,
        text.append('Z').toString().getBytes(StandardCharsets.US_ASCII));
  }

  private static void twoDigits(StringBuilder text, int number) {
    text.append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
  }

  /** Returns the first element inside {@code element}, which is known to be DER. */
  static byte[] firstInside(byte[] element) {
    int start = contentAt(element, 0);
    int length = element[start + 1];
    if (length < 0) {
      length = 0;
      for (int i = start + 2; i < contentAt(element, start); i++) {
        length = (length << 8) | (element[i] & 0xff);
      }
    }
    return Arrays.copyOfRange(element, start, contentAt(element, start) + length);
  }

  private static int contentAt(byte[] der, int element) {
    int length = der[element + 1];
    return element + 2 + (length < 0 ? length & 0x7f : 0);
  }
}
