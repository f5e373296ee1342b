package dev.calotype.examples.sepia;

/** What is wrong with a module, and where. */
final class SourceException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Made of where the token is, and the line with a mark under it. */
  SourceException(Source source, Token at, String message) {
    super(
        "%s:%d:%d: %s\n    %s\n    %s^"
            .formatted(
                source.file(),
                at.line(),
                at.column(),
                message,
                source.line(at.line()),
                gap(source.line(at.line()), at.column())));
  }

  /** As wide as what is before the column, whatever the width of a tab. */
  private static String gap(String line, int column) {
    StringBuilder gap = new StringBuilder();
    for (int i = 0; i < column - 1; i++) {
      gap.append(i < line.length() && line.charAt(i) == '\t' ? '\t' : ' ');
    }
    return gap.toString();
  }
}
