package dev.calotype.cli;

import dev.calotype.cache.Field;
import dev.calotype.cache.Key;
import dev.calotype.ji.DataId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** A key on the command line. */
final class KeyOptions {
  private static final int CHUNK = 1 << 16;

  private KeyOptions() {}

  /** The options that make a key. */
  static void declare(CommandSpec spec) {
    spec.addOption(
        Commands.text("--compiler", "ID", "What tells the compiler from any other: its identity."));
    spec.addOption(
        OptionSpec.builder("--field")
            .paramLabel("NAME[:TYPE]=VALUE")
            .type(List.class)
            .auxiliaryTypes(String.class)
            .arity("1")
            .description(
                "A field of the key. TYPE is text (as without it), int, flag (true or false),",
                "bytes (in hexadecimal), data (a data id), texts (between commas), or file for",
                "the digest of a file's bytes. May be repeated.")
            .build());
  }

  /** Whether a key was given. */
  static boolean isGiven(Invocation invocation) {
    return invocation.has("--compiler") || invocation.has("--field");
  }

  /** The key that was given. */
  static Key key(Invocation invocation) throws IOException {
    String compiler = invocation.value("--compiler", "");
    if (compiler.isEmpty()) {
      throw invocation.wrong("--compiler is missing: a key has the compiler's identity");
    }
    Key key = Key.of(compiler);
    for (String field : invocation.value("--field", List.<String>of())) {
      int equals = field.indexOf('=');
      if (equals <= 0) {
        throw invocation.wrong("--field %s: not NAME=VALUE".formatted(field));
      }
      String name = field.substring(0, equals);
      String value = field.substring(equals + 1);
      int colon = name.lastIndexOf(':');
      String type = colon < 0 ? "text" : name.substring(colon + 1);
      try {
        key = key.with(colon < 0 ? name : name.substring(0, colon), field(type, value));
      } catch (IllegalArgumentException e) {
        throw invocation.wrong("--field %s: %s".formatted(field, e.getMessage()));
      }
    }
    return key;
  }

  private static Field field(String type, String value) throws IOException {
    return switch (type) {
      case "text" -> new Field.Text(value);
      case "int" -> new Field.Int(Long.parseLong(value));
      case "flag" -> {
        if (!value.equals("true") && !value.equals("false")) {
          throw new IllegalArgumentException("neither true nor false");
        }
        yield new Field.Flag(value.equals("true"));
      }
      case "bytes" -> new Field.Bytes(HexFormat.of().parseHex(value));
      case "data" -> new Field.Data(new DataId(value));
      case "texts" -> new Field.Texts(value.isEmpty() ? List.of() : List.of(value.split(",", -1)));
      case "file" -> new Field.Bytes(digest(Path.of(value)));
      default -> throw new IllegalArgumentException("there is no type " + type);
    };
  }

  /** The name of a field's type, as it is given here. */
  static String type(Field field) {
    return switch (field) {
      case Field.Text _ -> "text";
      case Field.Int _ -> "int";
      case Field.Flag _ -> "flag";
      case Field.Bytes _ -> "bytes";
      case Field.Data _ -> "data";
      case Field.Texts _ -> "texts";
    };
  }

  private static byte[] digest(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] chunk = new byte[CHUNK];
      for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
        digest.update(chunk, 0, n);
      }
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // Every JDK has it.
    }
  }
}
