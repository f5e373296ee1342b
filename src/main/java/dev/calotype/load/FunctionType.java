package dev.calotype.load;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import java.util.regex.Pattern;

/** The types of functions as notes spell them, {@code (PJ)I}: docs/code-note.md. */
final class FunctionType {
  private static final Pattern TYPE = Pattern.compile("\\([BSIJFDP]*\\)[BSIJFDPV]");

  private FunctionType() {}

  /** The descriptor of a type; empty if it is none. */
  static Optional<FunctionDescriptor> of(String type) {
    if (!TYPE.matcher(type).matches()) {
      return Optional.empty();
    }
    int close = type.length() - 2;
    MemoryLayout[] parameters = new MemoryLayout[close - 1];
    for (int i = 1; i < close; i++) {
      parameters[i - 1] = layout(type.charAt(i));
    }
    char result = type.charAt(close + 1);
    return Optional.of(
        result == 'V'
            ? FunctionDescriptor.ofVoid(parameters)
            : FunctionDescriptor.of(layout(result), parameters));
  }

  private static MemoryLayout layout(char letter) {
    return switch (letter) {
      case 'B' -> ValueLayout.JAVA_BYTE;
      case 'S' -> ValueLayout.JAVA_SHORT;
      case 'I' -> ValueLayout.JAVA_INT;
      case 'J' -> ValueLayout.JAVA_LONG;
      case 'F' -> ValueLayout.JAVA_FLOAT;
      case 'D' -> ValueLayout.JAVA_DOUBLE;
      default -> ValueLayout.ADDRESS;
    };
  }
}
