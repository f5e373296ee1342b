package dev.calotype.cache;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** One setting of a store: docs/store-config.md says what each means. */
enum Setting {
  DIRECTORY(SettingKind.FOLDER, ""),
  DURABILITY(SettingKind.DURABILITY, "durable"),
  VERIFICATION(SettingKind.TIER, "header"),
  BUILD_TIMEOUT(SettingKind.DURATION, "10 m"),
  PUBLIC_KEY(SettingKind.FILE, ""),
  PRIVATE_KEY(SettingKind.FILE, ""),

  BACKGROUND_WORK(SettingKind.FLAG, "true"),
  EVENT_QUEUE(SettingKind.COUNT, "4096"),
  CLEANUP_INTERVAL(SettingKind.DURATION, "1 h"),
  CLOCK_DRIFT(SettingKind.DURATION, "1 d"),
  MISSES_KEPT(SettingKind.COUNT, "1000"),

  SIZE_LIMIT(SettingKind.SIZE, "10 GiB"),
  SIZE_TARGET(SettingKind.PERCENT, "70 %"),
  ENTRY_LIMIT(SettingKind.COUNT, "64 Ki"),
  ENTRY_TARGET(SettingKind.PERCENT, "70 %"),
  AGE_LIMIT(SettingKind.DURATION, "90 d"),
  FREE_DISK(SettingKind.SIZE, "1 GiB"),
  COMPILERS_KEPT(SettingKind.COUNT, "8"),
  COMPILER_AGE_LIMIT(SettingKind.DURATION, "30 d"),

  PUBLISH_COMPRESSION(SettingKind.LEVEL, "0"),
  COLD_COMPRESSION(SettingKind.LEVEL, "19"),
  COLD_AFTER(SettingKind.DURATION, "7 d"),
  HOT_USES(SettingKind.COUNT, "16"),
  COMPRESSION_MINIMUM(SettingKind.SIZE, "64 KiB"),
  COMPRESSION_GAIN(SettingKind.PERCENT, "10 %"),
  COMPRESSION_TIMEOUT(SettingKind.DURATION, "30 m");

  private final SettingKind kind;
  private final String usual;

  Setting(SettingKind kind, String usual) {
    this.kind = kind;
    this.usual = usual;
  }

  /** Its name in files and on the command line. */
  String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  SettingKind kind() {
    return kind;
  }

  /** The value where nobody set one; empty if it has none. */
  Optional<Object> usual() {
    return usual.isEmpty() ? Optional.empty() : kind.parse(usual, Path.of(""));
  }

  /** The setting of that name. */
  static Optional<Setting> named(String id) {
    for (Setting setting : values()) {
      if (setting.id().equals(id)) {
        return Optional.of(setting);
      }
    }
    return Optional.empty();
  }

  /** What is wrong with a name that no setting has. */
  static String unknown(String id) {
    Optional<Setting> near = Optional.empty();
    int nearest = 3; // Two wrong letters may be a slip, three are another word.
    for (Setting setting : values()) {
      int distance = distance(id, setting.id());
      if (distance < nearest) {
        near = Optional.of(setting);
        nearest = distance;
      }
    }
    return "there is no setting \"%s\"%s"
        .formatted(id, near.map(it -> "; did you mean " + it.id() + "?").orElse(""));
  }

  /** How many letters must be changed, put in or taken out to make one of the other. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
