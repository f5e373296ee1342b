package dev.calotype.testing;

import java.util.List;

/** Whether these tests run with native access, and how a child JVM gets it. */
public final class NativeWay {
  private NativeWay() {}

  /** Whether they do, as pom.xml says. */
  public static boolean isTaken() {
    return Boolean.getBoolean("calotype.native");
  }

  /** What makes a child JVM, with the classes on its class path, go the way of this one. */
  public static List<String> options() {
    return isTaken() ? enabling() : List.of();
  }

  /** What gives a child JVM native access, and has it made use of at once. */
  public static List<String> enabling() {
    return List.of("--enable-native-access=ALL-UNNAMED", "-Ddev.calotype.os.patience=0");
  }
}
