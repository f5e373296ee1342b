package dev.calotype.examples.sepia;

import java.util.regex.Pattern;

/**
 * How code is compiled.
 *
 * @param level the level of optimisation, 0 to 3
 * @param cpu the level of the CPU that it needs, {@code x86-64-v3} for example; empty for any CPU
 */
public record Variant(int level, String cpu) {
  private static final Pattern CPU = Pattern.compile("[a-z0-9.-]{1,40}");

  /** Checks both. */
  public Variant {
    if (level < 0 || level > 3 || !(cpu.isEmpty() || CPU.matcher(cpu).matches())) {
      throw new IllegalArgumentException("-O%d for '%s'".formatted(level, cpu));
    }
  }

  /** What its file is called by: letters, digits and dashes. */
  String tag() {
    return "O" + level + (cpu.isEmpty() ? "" : "-" + cpu.replace('.', '_'));
  }

  /** What a module's object is called. */
  String object() {
    return tag() + ".o";
  }

  /** What a program's code object is called. */
  String library() {
    return tag() + ".so";
  }

  @Override
  public String toString() {
    return "-O" + level + (cpu.isEmpty() ? "" : " --cpu " + cpu);
  }
}
