package dev.calotype.cache;

import dev.calotype.RefusedException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/** Settings in a TOML file, in its table {@code cache}. The only class that knows TOML. */
final class ConfigFile {
  private static final String TABLE = "cache";
  private static final int MOST_BYTES = 1 << 20;

  private ConfigFile() {}

  /** The settings in {@code file}. */
  static Map<Setting, Object> read(Path file) throws IOException {
    if (Files.size(file) > MOST_BYTES) {
      throw new RefusedException(file.toString(), "larger than any file of settings, 1 MiB");
    }
    String text;
    try {
      text = Files.readString(file);
    } catch (CharacterCodingException e) {
      throw new RefusedException(file.toString(), "not UTF-8");
    }
    TomlParseResult all = Toml.parse(text);
    if (all.hasErrors()) {
      TomlParseError error = all.errors().getFirst();
      throw wrong(file, error.position(), String.valueOf(error.getMessage()));
    }
    for (String name : all.keySet()) {
      if (!name.equals(TABLE)) {
        throw wrong(
            file,
            all.inputPositionOf(List.of(name)),
            "\"%s\" is no table of settings; they are in [cache]".formatted(name));
      }
    }
    return switch (all.get(List.of(TABLE))) {
      case null -> Map.of();
      case TomlTable table -> read(file, table);
      default -> throw wrong(file, all.inputPositionOf(List.of(TABLE)), "\"cache\" is not a table");
    };
  }

  private static Map<Setting, Object> read(Path file, TomlTable table) {
    Path absolute = file.toAbsolutePath();
    Path base = Optional.ofNullable(absolute.getParent()).orElse(absolute);
    Map<Setting, Object> settings = new EnumMap<>(Setting.class);
    for (String name : table.keySet()) {
      List<String> key = List.of(name);
      TomlPosition at = table.inputPositionOf(key);
      Optional<Setting> setting = Setting.named(name);
      if (setting.isEmpty()) {
        throw wrong(file, at, Setting.unknown(name));
      }
      Object written = Objects.requireNonNull(table.get(key));
      SettingKind kind = setting.get().kind();
      settings.put(
          setting.get(),
          kind.read(written, base)
              .orElseThrow(
                  () -> wrong(file, at, "%s must be %s".formatted(name, kind.expected()))));
    }
    return settings;
  }

  private static RefusedException wrong(Path file, @Nullable TomlPosition at, String what) {
    String where = at == null ? "" : "line %d, column %d: ".formatted(at.line(), at.column());
    String line = what.replaceAll("\\R", " ");
    return new RefusedException(
        file.toString(), where + Character.toLowerCase(line.charAt(0)) + line.substring(1));
  }
}
