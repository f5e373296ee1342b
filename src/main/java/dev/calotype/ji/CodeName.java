package dev.calotype.ji;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.regex.Pattern;

/** Names of code objects beside a data file: docs/code-sets.md, "Names". */
final class CodeName {
  private static final List<String> EXTENSIONS = List.of(".so", ".dylib", ".dll", ".code");
  private static final int MOST_TAG = 100;
  private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_+-]{1," + MOST_TAG + "}");
  private static final Pattern OTHER = Pattern.compile("[^A-Za-z0-9_+-]");
  private static final String X86_LEVEL = "x86-64-";

  private final String data;
  private final String stem;

  /** For a data file of that name. */
  CodeName(String data) {
    this.data = data;
    String bare = without(data, FileName.EXTENSION);
    for (String extension : EXTENSIONS) {
      bare = bare.equals(data) ? without(data, extension) : bare;
    }
    this.stem = bare;
  }

  static boolean isTag(String tag) {
    return TAG.matcher(tag).matches();
  }

  /** The tag in a file's name, which may be none; empty if the file is not named as code. */
  Optional<String> tag(String file) {
    if (file.equals(data) || !file.startsWith(stem + ".")) {
      return Optional.empty();
    }
    String rest = file.substring(stem.length());
    for (String extension : EXTENSIONS) {
      if (rest.equals(extension)) {
        return Optional.of("");
      }
      if (rest.endsWith(extension)) {
        String tag = rest.substring(1, rest.length() - extension.length());
        return isTag(tag) ? Optional.of(tag) : Optional.empty();
      }
    }
    return Optional.empty();
  }

  /** The name of code with that tag and note. */
  String of(String tag, CodeNote note) {
    return stem + "." + tag + extension(note);
  }

  /** What a note says of its code, as a tag. */
  static String tagOf(CodeNote note) {
    StringJoiner words = new StringJoiner("-");
    words.add(note.target());
    if (note instanceof LinkedNote linked) {
      for (String feature : linked.origin().features()) {
        words.add(feature.startsWith(X86_LEVEL) ? feature.substring(X86_LEVEL.length()) : feature);
      }
      for (Map.Entry<String, Origin.Option> option : linked.origin().options().entrySet()) {
        if (option.getValue().comparison() != Comparison.IGNORED) {
          words.add(option.getKey() + "-" + option.getValue().value());
        }
      }
    }
    String tag = OTHER.matcher(words.toString()).replaceAll("_");
    return tag.isEmpty() ? "code" : tag.substring(0, Math.min(tag.length(), MOST_TAG));
  }

  private static String extension(CodeNote note) {
    if (note.shape() == Shape.DETACHED) {
      return ".code";
    }
    String target = note.target();
    return target.endsWith("-pe") ? ".dll" : target.endsWith("-macho") ? ".dylib" : ".so";
  }

  private static String without(String name, String extension) {
    return name.endsWith(extension) && name.length() > extension.length()
        ? name.substring(0, name.length() - extension.length())
        : name;
  }
}
