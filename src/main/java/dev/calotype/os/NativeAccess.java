package dev.calotype.os;

/**
 * Whether native functions may be called here. It is settled when this class is first used: what
 * the JVM was started with decides, and nothing of this room ever makes the JVM print a warning.
 */
public final class NativeAccess {
  private static final boolean ENABLED =
      NativeAccess.class.getModule().isNativeAccessEnabled()
          && System.getProperty("os.name", "").equals("Linux")
          && System.getProperty("os.arch", "").equals("amd64");

  private NativeAccess() {}

  /** Whether the rest of this room may be used. */
  public static boolean isEnabled() {
    return ENABLED;
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
      return;
    }
    Module module = NativeAccess.class.getModule();
    if (module.isNativeAccessEnabled()) {
      throw new UnsupportedOperationException(
          "%s works on Linux on x86-64, and this is %s on %s"
              .formatted(work, System.getProperty("os.name"), System.getProperty("os.arch")));
    }
    throw new IllegalCallerException(
        "%s needs native access: start java with --enable-native-access=%s"
            .formatted(work, module.isNamed() ? module.getName() : "ALL-UNNAMED"));
  }
}
