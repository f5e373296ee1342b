package dev.calotype.image.elf;

import dev.calotype.bytes.ByteView;

/**
 * Texts that one answer keeps together. A thousand entries can all name the same long text, so
 * their sum is bounded, as each of them is: what real files name is a hundredth of it.
 */
final class ElfTexts {
  private static final int MOST_CHARS = 1 << 20;

  private final ByteView view;
  private final String structure;
  private int kept;

  ElfTexts(ByteView view, String structure) {
    this.view = view;
    this.structure = structure;
  }

  /** The text, counted; {@code offset} is where it comes from. */
  String keep(String text, long offset) {
    kept += text.length();
    if (kept > MOST_CHARS) {
      throw view.malformed(
          structure,
          offset,
          "texts of over %d characters".formatted(MOST_CHARS),
          "not so many together");
    }
    return text;
  }
}
