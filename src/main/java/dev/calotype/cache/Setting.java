package dev.calotype.cache;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** One setting of a store: docs/store-config.md has a row for each. */
enum Setting {
  DIRECTORY(SettingKind.FOLDER, "", "where the store is"),
  DURABILITY(SettingKind.DURABILITY, "durable", "what is on disk when publishing returns"),
  VERIFICATION(SettingKind.TIER, "header", "how far a lookup checks an entry's data"),
  BUILD_TIMEOUT(SettingKind.DURATION, "10 m", "how long to wait for somebody else's build"),
  PUBLIC_KEY(SettingKind.FILE, "", "whose signature an entry must have"),
  PRIVATE_KEY(SettingKind.FILE, "", "what entries are signed with"),

  BACKGROUND_WORK(SettingKind.FLAG, "true", "whether a thread of the store's own keeps it up"),
  EVENT_QUEUE(SettingKind.COUNT, "4096", "how many events may wait for that thread"),
  CLEANUP_INTERVAL(SettingKind.DURATION, "1 h", "the least time between two cleanups"),
  CLOCK_DRIFT(SettingKind.DURATION, "1 d", "how far ahead a time may be"),
  MISSES_KEPT(SettingKind.COUNT, "1000", "of how many misses explain knows the fields"),

  SIZE_LIMIT(SettingKind.SIZE, "10 GiB", "how large all entries together may get"),
  SIZE_TARGET(SettingKind.PERCENT, "70 %", "how much of that a cleanup leaves"),
  ENTRY_LIMIT(SettingKind.COUNT, "64 Ki", "how many entries there may be"),
  ENTRY_TARGET(SettingKind.PERCENT, "70 %", "how many of those a cleanup leaves"),
  AGE_LIMIT(SettingKind.DURATION, "90 d", "how long an entry may be unused"),
  FREE_DISK(SettingKind.SIZE, "1 GiB", "how much of the disk stays free"),
  COMPILERS_KEPT(SettingKind.COUNT, "8", "how many compilers are kept, those used last"),
  COMPILER_AGE_LIMIT(SettingKind.DURATION, "30 d", "how long any other may be unused"),

  PUBLISH_COMPRESSION(SettingKind.LEVEL, "0", "how hard a new entry's data is compressed"),
  COLD_COMPRESSION(SettingKind.LEVEL, "19", "how hard a cold entry's data is compressed"),
  COLD_AFTER(SettingKind.DURATION, "7 d", "how long an entry is unused until it is cold"),
  HOT_USES(SettingKind.COUNT, "16", "how often a compressed entry is used until it is hot"),
  COMPRESSION_MINIMUM(SettingKind.SIZE, "64 KiB", "how large data must be to be compressed"),
  COMPRESSION_GAIN(SettingKind.PERCENT, "10 %", "how much smaller it must get"),
  COMPRESSION_TIMEOUT(SettingKind.DURATION, "30 m", "how long compressing an entry may take");

  private final SettingKind kind;
  private final String usual;
  private final String meaning;

  Setting(SettingKind kind, String usual, String meaning) {
    this.kind = kind;
    this.usual = usual;
    this.meaning = meaning;
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

  /** What it says, as a clause. */
  String meaning() {
    return meaning;
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
