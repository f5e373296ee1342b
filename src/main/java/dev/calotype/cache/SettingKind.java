package dev.calotype.cache;

import dev.calotype.Durability;
import dev.calotype.ji.Tier;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a setting's value is, and how it is written in a file: docs/store-config.md, "Values". */
enum SettingKind {
  /** A folder; a {@link Path}. */
  FOLDER("a folder like \"/var/cache/calotype\""),
  /** A file; a {@link Path}. */
  FILE("a file like \"team.pem\""),
  /** A number of bytes; a {@link Long}. */
  SIZE("a size like \"512 MiB\", or \"none\""),
  /** A number of things; a {@link Long}. */
  COUNT("a number like 5000 or \"64 Ki\", or \"none\""),
  /** A time span; a {@link Duration}. */
  DURATION("a time span like \"30 s\", \"15 m\", \"12 h\" or \"7 d\", or \"none\""),
  /** A share; a {@link Long} from 0 to 100. */
  PERCENT("a share from \"0 %\" to \"100 %\""),
  /** A level of compression; a {@link Long} from 0 to 22. */
  LEVEL("a level of compression from 0 to 22"),
  /** A {@link Boolean}. */
  FLAG("true or false"),
  /** A {@link Durability}. */
  DURABILITY("\"durable\" or \"fast\""),
  /** A {@link Tier}. */
  TIER("\"header\", \"inputs\" or \"full\"");

  /** What {@code none} is for spans: more seconds than anybody waits, few enough to add. */
  static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE / 4);

  private static final int MOST_LEVEL = 22;
  private static final Map<String, Long> MULTIPLES =
      Map.ofEntries(
          Map.entry("", 1L),
          Map.entry("K", 1_000L),
          Map.entry("M", 1_000_000L),
          Map.entry("G", 1_000_000_000L),
          Map.entry("T", 1_000_000_000_000L),
          Map.entry("P", 1_000_000_000_000_000L),
          Map.entry("Ki", 1L << 10),
          Map.entry("Mi", 1L << 20),
          Map.entry("Gi", 1L << 30),
          Map.entry("Ti", 1L << 40),
          Map.entry("Pi", 1L << 50));
  private static final Map<String, Long> SECONDS =
      Map.of("s", 1L, "m", 60L, "h", 3600L, "d", 86_400L);

  private final String expected;

  SettingKind(String expected) {
    this.expected = expected;
  }

  /** What a value looks like, for errors. */
  String expected() {
    return expected;
  }

  /**
   * The value that something written in a file stands for: a text, a number or a flag.
   *
   * @param base the folder that relative paths start from
   * @return empty if it stands for none
   */
  Optional<Object> read(Object written, Path base) {
    return switch (written) {
      case String text -> parse(text, base);
      case Long number when this == SIZE || this == COUNT || this == LEVEL ->
          parse(number.toString(), base);
      case Boolean flag when this == FLAG -> Optional.of(flag);
      default -> Optional.empty();
    };
  }

  /** The same for a value given as text, as on the command line. */
  Optional<Object> parse(String text, Path base) {
    return switch (this) {
      case FOLDER, FILE -> path(text, base);
      case SIZE ->
          text.equals("none") ? Optional.of(Long.MAX_VALUE) : quantity(text, MULTIPLES, "B");
      case COUNT ->
          text.equals("none") ? Optional.of(Long.MAX_VALUE) : quantity(text, MULTIPLES, "");
      case DURATION ->
          text.equals("none")
              ? Optional.of(FOREVER)
              : quantity(text, SECONDS, "")
                  .map(seconds -> Duration.ofSeconds((Long) seconds))
                  .filter(span -> span.compareTo(FOREVER) < 0)
                  .map(span -> span);
      case PERCENT ->
          text.endsWith("%")
              ? quantity(text, Map.of("%", 1L), "").filter(SettingKind::isPercent)
              : Optional.empty();
      case LEVEL -> quantity(text, Map.of("", 1L), "").filter(SettingKind::isLevel);
      case FLAG ->
          text.equals("true") || text.equals("false")
              ? Optional.of(Boolean.valueOf(text))
              : Optional.empty();
      case DURABILITY ->
          switch (text) {
            case "durable" -> Optional.of(Durability.DURABLE);
            case "fast" -> Optional.of(Durability.FAST);
            default -> Optional.empty();
          };
      case TIER ->
          switch (text) {
            case "header" -> Optional.of(Tier.HEADER);
            case "inputs" -> Optional.of(Tier.INPUTS);
            case "full" -> Optional.of(Tier.FULL);
            default -> Optional.empty();
          };
    };
  }

  /** Whether a value of the API is in range. */
  boolean allows(Object value) {
    return switch (this) {
      case SIZE, COUNT -> (Long) value >= 0;
      case DURATION -> !((Duration) value).isNegative();
      case PERCENT -> isPercent(value);
      case LEVEL -> isLevel(value);
      case TIER -> value != Tier.NAME;
      case FOLDER, FILE, FLAG, DURABILITY -> true;
    };
  }

  /** A value as it is written, without quotes. */
  String write(Object value) {
    return switch (value) {
      case Duration span when span.compareTo(FOREVER) >= 0 -> "none";
      case Duration span -> write(span.toSeconds(), "s", SECONDS, List.of("d", "h", "m"));
      case Long number when this == PERCENT -> number + " %";
      case Long number when this == LEVEL -> number.toString();
      case Long number when number == Long.MAX_VALUE -> "none";
      case Long number ->
          this == SIZE
              ? write(number, "", MULTIPLES, List.of("Pi", "Ti", "Gi", "Mi", "Ki")) + "B"
              : number.toString();
      case Tier tier -> tier.id();
      case Durability durability -> durability.name().toLowerCase(Locale.ROOT);
      default -> value.toString();
    };
  }

  private static String write(
      long number, String unit, Map<String, Long> multiples, List<String> larger) {
    for (String multiple : larger) {
      long size = multiples.getOrDefault(multiple, 1L);
      if (number != 0 && number % size == 0) {
        return number / size + " " + multiple;
      }
    }
    return number + " " + unit;
  }

  /** Which most are; what takes any other apart is slow to begin with. */
  private static boolean isSmallNumber(String text) {
    return text.length() < 10
        && !text.isEmpty()
        && text.chars().allMatch(it -> '0' <= it && it <= '9');
  }

  /** A number and a unit. */
  private static final class Quantity {
    static final Pattern PATTERN = Pattern.compile("(\\d{1,19}(?:\\.\\d{1,9})?) ?([A-Za-z%]{0,3})");
  }

  private static Optional<Object> quantity(String text, Map<String, Long> units, String suffix) {
    Long one = units.get("");
    if (one != null && isSmallNumber(text)) {
      return Optional.of(Long.parseLong(text) * one);
    }
    Matcher matcher = Quantity.PATTERN.matcher(text.strip());
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String unit = matcher.group(2);
    Long multiple =
        units.get(
            !suffix.isEmpty() && unit.endsWith(suffix)
                ? unit.substring(0, unit.length() - suffix.length())
                : unit);
    if (multiple == null) {
      return Optional.empty();
    }
    BigInteger value =
        new BigDecimal(matcher.group(1))
            .multiply(BigDecimal.valueOf(multiple))
            .setScale(0, RoundingMode.HALF_UP)
            .toBigInteger();
    return value.bitLength() < Long.SIZE ? Optional.of(value.longValue()) : Optional.empty();
  }

  private static Optional<Object> path(String text, Path base) {
    try {
      return text.isEmpty()
          ? Optional.empty()
          : Optional.of(base.resolve(text).toAbsolutePath().normalize());
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  private static boolean isPercent(Object value) {
    return (Long) value >= 0 && (Long) value <= 100;
  }

  private static boolean isLevel(Object value) {
    return (Long) value >= 0 && (Long) value <= MOST_LEVEL;
  }
}
