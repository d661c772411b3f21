package io.mooring.examples.bookinfo;

public final class Main {
  public static void main(String[] args) { System.out.println("hello \u2605 " + java.util.List.of(args)); System.exit(0); }
}
