package dev.calotype.examples.sepia;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Takes a text apart into tokens. Comments and space end here; doc comments are tokens. */
final class Lexer {
  private static final List<String> SIGNS =
      List.of(
          "<<", ">>", "<=", ">=", "==", "!=", "&&", "||", "..", "+", "-", "*", "/", "%", "&", "|",
          "^", "!", "<", ">", "=", "(", ")", "[", "]", "{", "}", ",", ";", ":", ".");

  private final Source source;
  private final String text;
  private final List<Token> tokens = new ArrayList<>();
  private int at;
  private int line = 1;
  private int lineStart;

  private Lexer(Source source) {
    this.source = source;
    this.text = source.text();
  }

  /** The tokens, the last of which is the end. */
  static List<Token> tokens(Source source) {
    Lexer lexer = new Lexer(source);
    while (lexer.next()) {
      // It collects them.
    }
    return lexer.tokens;
  }

  /**
   * The text without what means nothing: comments, space, where lines end. Two sources that are
   * equal in this are compiled to the same.
   */
  static String normalised(Source source) {
    StringBuilder normal = new StringBuilder();
    for (Token token : tokens(source)) {
      normal.append(token.kind().name().charAt(0)).append(token.text().length()).append(' ');
      normal.append(token.text()).append('\n');
    }
    return normal.toString();
  }

  private boolean next() {
    skipSpace();
    if (at == text.length()) {
      add(Token.Kind.END, at, "");
      return false;
    }
    char c = text.charAt(at);
    int start = at;
    if (c == '#') {
      comment();
    } else if (c == '"') {
      at++;
      add(Token.Kind.TEXT, start, string(start));
    } else if (isDigit(c)) {
      number();
    } else if (isLetter(c)) {
      while (at < text.length() && (isLetter(text.charAt(at)) || isDigit(text.charAt(at)))) {
        at++;
      }
      add(Token.Kind.NAME, start, text.substring(start, at));
    } else {
      sign();
    }
    return true;
  }

  private void skipSpace() {
    for (; at < text.length() && Character.isWhitespace(text.charAt(at)); at++) {
      if (text.charAt(at) == '\n') {
        line++;
        lineStart = at + 1;
      }
    }
  }

  private void comment() {
    int start = at;
    int end = text.indexOf('\n', at);
    at = end < 0 ? text.length() : end;
    if (text.startsWith("##", start)) {
      add(Token.Kind.DOC, start, text.substring(start + 2, at).strip());
    }
  }

  private void number() {
    int start = at;
    if (text.startsWith("0x", at)) {
      at += 2;
      while (at < text.length() && Character.digit(text.charAt(at), 16) >= 0) {
        at++;
      }
      add(Token.Kind.INT, start, text.substring(start, at));
      return;
    }
    digits();
    boolean isFloat =
        at + 1 < text.length() && text.charAt(at) == '.' && isDigit(text.charAt(at + 1));
    if (isFloat) {
      at++;
      digits();
    }
    if (at < text.length() && text.charAt(at) == 'e') {
      isFloat = true;
      at++;
      if (at < text.length() && (text.charAt(at) == '-' || text.charAt(at) == '+')) {
        at++;
      }
      digits();
    }
    add(isFloat ? Token.Kind.FLOAT : Token.Kind.INT, start, text.substring(start, at));
  }

  private void digits() {
    while (at < text.length() && isDigit(text.charAt(at))) {
      at++;
    }
  }

  private String string(int start) {
    StringBuilder bytes = new StringBuilder();
    while (at < text.length() && text.charAt(at) != '\n') {
      int c = text.codePointAt(at);
      int here = at;
      at += Character.charCount(c);
      if (c == '"') {
        return bytes.toString();
      }
      if (c == '\\') {
        bytes.append(escape(here));
      } else {
        // A char for each byte from here on.
        byte[] utf8 = Character.toString(c).getBytes(StandardCharsets.UTF_8);
        bytes.append(new String(utf8, StandardCharsets.ISO_8859_1));
      }
    }
    throw wrong(start, "this text has no end on its line");
  }

  private char escape(int start) {
    char c = at < text.length() ? text.charAt(at++) : ' ';
    return switch (c) {
      case 'n' -> '\n';
      case 't' -> '\t';
      case '"', '\\' -> c;
      case 'x' -> {
        at += 2;
        try {
          yield (char) Integer.parseInt(text, at - 2, Math.min(at, text.length()), 16);
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
          throw wrong(start, "\\x wants two hexadecimal digits");
        }
      }
      default -> throw wrong(start, "there is no such escape; \\n \\t \\\" \\\\ \\x41 are all");
    };
  }

  private void sign() {
    for (String sign : SIGNS) {
      if (text.startsWith(sign, at)) {
        at += sign.length();
        add(Token.Kind.SIGN, at - sign.length(), sign);
        return;
      }
    }
    throw wrong(at, "no word of the language starts like this");
  }

  private void add(Token.Kind kind, int start, String what) {
    tokens.add(new Token(kind, what, line, start - lineStart + 1));
  }

  private SourceException wrong(int start, String message) {
    Token here = new Token(Token.Kind.SIGN, "", line, start - lineStart + 1);
    return new SourceException(source, here, message);
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isLetter(char c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_';
  }
}
