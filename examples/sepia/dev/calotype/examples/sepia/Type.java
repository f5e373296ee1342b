package dev.calotype.examples.sepia;

/** A type of values. */
enum Type {
  /** 64 bits, wrapping around. */
  INT("int", 'J', "i64"),
  /** IEEE 754, 64 bits. */
  FLOAT("float", 'D', "f64"),
  /** Bytes in memory: their number, 8 bytes, and themselves. */
  BYTES("bytes", 'P', "bytes"),
  /** 0 or 1, in 64 bits. */
  BOOL("bool", 'J', "i64"),
  /** What a function without a result gives. */
  NOTHING("nothing", 'V', "void");

  private final String word;
  private final char letter;
  private final String inC;

  Type(String word, char letter, String inC) {
    this.word = word;
    this.letter = letter;
    this.inC = inC;
  }

  /** As programs and messages have it. */
  String word() {
    return word;
  }

  /** As a code note has it. */
  char letter() {
    return letter;
  }

  /** As generated C has it. */
  String inC() {
    return inC;
  }
}
