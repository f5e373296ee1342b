package dev.calotype.os;

import java.util.Set;

/**
 * Whether native functions may be called here. It is settled when this class is first used: what
 * the JVM was started with decides, and nothing of this room ever makes the JVM print a warning.
 */
public final class NativeAccess {
  /** The 64-bit machines on which Linux has the generic constants and layouts of the bindings. */
  private static final Set<String> MACHINES = Set.of("amd64", "aarch64", "riscv64");

  private static final boolean ENABLED =
      NativeAccess.class.getModule().isNativeAccessEnabled()
          && System.getProperty("os.name", "").equals("Linux")
          && MACHINES.contains(System.getProperty("os.arch", ""));

  /** How many calls make up for what linking the first of them costs. */
  static final String PATIENCE_PROPERTY = "dev.calotype.os.patience";

  private static final int PATIENCE = Integer.getInteger(PATIENCE_PROPERTY, 4096);

  /** Not atomic: a lost count changes nothing. */
  private static int asked;

  private NativeAccess() {}

  /** Whether the rest of this room may be used. */
  public static boolean isEnabled() {
    return ENABLED;
  }

  /**
   * Whether to make a native call where the JDK has one of its own, which is slower once compiled.
   * The first native calls of a JVM take it tens of milliseconds, so it takes thousands to save
   * that; asking counts as one.
   */
  public static boolean pays() {
    if (!ENABLED || asked >= PATIENCE) {
      return ENABLED;
    }
    asked++;
    return false;
  }

  /**
   * Throws if the rest of this room may not be used.
   *
   * @param work what needs it, as the first words of the message: {@code loading code}
   * @throws IllegalCallerException if the JVM was started without native access for this module
   * @throws UnsupportedOperationException if this room is for other machines than this one
   */
  public static void require(String work) {
    if (ENABLED) {
      asked = PATIENCE; // The first native calls are going to be made anyway.
      return;
    }
    Module module = NativeAccess.class.getModule();
    if (module.isNativeAccessEnabled()) {
      throw new UnsupportedOperationException(
          "%s works on 64-bit Linux, and this is %s on %s"
              .formatted(work, System.getProperty("os.name"), System.getProperty("os.arch")));
    }
    throw new IllegalCallerException(
        "%s needs native access: start java with --enable-native-access=%s"
            .formatted(work, module.isNamed() ? module.getName() : "ALL-UNNAMED"));
  }
}
