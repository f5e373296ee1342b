package dev.calotype.examples.sepia;

import dev.calotype.examples.sepia.Syntax.Expression;
import dev.calotype.examples.sepia.Syntax.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads a module by recursive descent. The grammar is in README.md. */
final class Parser {
  private static final Set<String> KEYWORDS =
      Set.of(
          "import",
          "table",
          "file",
          "fn",
          "export",
          "let",
          "if",
          "else",
          "while",
          "for",
          "in",
          "return",
          "break",
          "continue",
          "true",
          "false",
          "int",
          "float",
          "bytes",
          "bool");

  /** By how tightly they bind, the loosest first. */
  private static final List<Set<String>> OPERATORS =
      List.of(
          Set.of("||"),
          Set.of("&&"),
          Set.of("==", "!=", "<", "<=", ">", ">="),
          Set.of("|", "^"),
          Set.of("&"),
          Set.of("<<", ">>"),
          Set.of("+", "-"),
          Set.of("*", "/", "%"));

  /** Deeper than people nest, and far from the end of the stack. */
  private static final int MOST_DEPTH = 200;

  private final Source source;
  private final List<Token> tokens;
  private int at;
  private int depth;

  private Parser(Source source) {
    this.source = source;
    this.tokens = Lexer.tokens(source);
  }

  /**
   * Reads a module.
   *
   * @throws SourceException if it is not one
   */
  static Syntax.Module parse(Source source) {
    return new Parser(source).module();
  }

  private Syntax.Module module() {
    List<Syntax.Import> imports = new ArrayList<>();
    List<Syntax.Table> tables = new ArrayList<>();
    List<Syntax.Function> functions = new ArrayList<>();
    String doc = docs();
    String moduleDoc = "";
    if (peek().is("import")) {
      moduleDoc = doc;
      doc = "";
    }
    while (accept("import")) {
      imports.add(importOf());
    }
    while (peek().kind() != Token.Kind.END) {
      doc = doc.isEmpty() ? docs() : doc;
      boolean isExported = accept("export");
      if (!isExported && peek().is("table")) {
        tables.add(table(doc));
      } else {
        functions.add(function(doc, isExported));
      }
      doc = "";
    }
    return new Syntax.Module(source, moduleDoc, imports, tables, functions);
  }

  private String docs() {
    StringBuilder docs = new StringBuilder();
    while (peek().kind() == Token.Kind.DOC) {
      docs.append(docs.isEmpty() ? "" : "\n").append(take().text());
    }
    return docs.toString();
  }

  private Syntax.Import importOf() {
    Token start = name("the name of a module");
    StringBuilder module = new StringBuilder(start.text());
    String alias = start.text();
    while (accept(".")) {
      alias = name("the rest of the module's name").text();
      module.append('.').append(alias);
    }
    expect(";");
    return new Syntax.Import(start, module.toString(), alias);
  }

  private Syntax.Table table(String doc) {
    expect("table");
    Token name = name("the table's name");
    expect(":");
    if (accept("bytes")) {
      expect("=");
      expect("file");
      Token file = take();
      if (file.kind() != Token.Kind.TEXT) {
        throw wrong(file, "expected the file's name in quotes, not " + file.shown());
      }
      expect(";");
      return new Syntax.FileTable(name, name.text(), doc, file.text());
    }
    expect("[");
    Type type = type();
    expect("]");
    expect("=");
    expect("[");
    List<Token> values = new ArrayList<>();
    while (!accept("]")) {
      Token value = take();
      // A sign and its number are one value.
      values.add(
          value.is("-")
              ? new Token(peek().kind(), "-" + take().text(), value.line(), value.column())
              : value);
      if (!accept(",")) {
        expect("]");
        break;
      }
    }
    expect(";");
    return new Syntax.ListTable(name, name.text(), doc, type, values);
  }

  private Syntax.Function function(String doc, boolean isExported) {
    if (!accept("fn")) {
      throw wrong(peek(), "expected 'fn' or 'table', not " + peek().shown());
    }
    Token name = name("the function's name");
    List<Syntax.Parameter> parameters = new ArrayList<>();
    expect("(");
    while (!accept(")")) {
      Token parameter = name("a parameter's name");
      expect(":");
      parameters.add(new Syntax.Parameter(parameter, parameter.text(), type()));
      if (!accept(",")) {
        expect(")");
        break;
      }
    }
    Type result = accept(":") ? type() : Type.NOTHING;
    return new Syntax.Function(name, name.text(), doc, isExported, parameters, result, block());
  }

  private Type type() {
    Token word = take();
    for (Type type : Type.values()) {
      if (type != Type.NOTHING && word.is(type.word())) {
        return type;
      }
    }
    throw wrong(word, "expected a type (int, float, bytes or bool), not " + word.shown());
  }

  private List<Statement> block() {
    expect("{");
    enter();
    List<Statement> statements = new ArrayList<>();
    while (!accept("}")) {
      statements.add(statement());
    }
    depth--;
    return statements;
  }

  private Statement statement() {
    Token start = peek();
    if (accept("let")) {
      Token name = name("the variable's name");
      expect("=");
      Expression value = expression();
      expect(";");
      return new Syntax.Let(name, name.text(), value);
    }
    if (accept("if")) {
      return ifOf();
    }
    if (accept("while")) {
      return new Syntax.While(expression(), block());
    }
    if (accept("for")) {
      Token name = name("the variable's name");
      expect("in");
      Expression from = expression();
      expect("..");
      return new Syntax.For(name, name.text(), from, expression(), block());
    }
    if (accept("return")) {
      Optional<Expression> value = peek().is(";") ? Optional.empty() : Optional.of(expression());
      expect(";");
      return new Syntax.Return(start, value);
    }
    if (accept("break") || accept("continue")) {
      expect(";");
      return new Syntax.Jump(start, start.is("break"));
    }
    if (start.kind() == Token.Kind.NAME && tokens.get(at + 1).is("=")) {
      take();
      expect("=");
      Expression value = expression();
      expect(";");
      return new Syntax.Assign(start, start.text(), value);
    }
    Expression call = expression();
    if (!(call instanceof Syntax.Call)) {
      throw wrong(call.at(), "only a call can stand alone");
    }
    expect(";");
    return new Syntax.Do(call);
  }

  private Statement ifOf() {
    Expression condition = expression();
    List<Statement> then = block();
    List<Statement> otherwise = List.of();
    if (accept("else")) {
      enter();
      otherwise = accept("if") ? List.of(ifOf()) : block();
      depth--;
    }
    return new Syntax.If(condition, then, otherwise);
  }

  private Expression expression() {
    enter();
    Expression all = binary(0);
    depth--;
    return all;
  }

  private Expression binary(int level) {
    if (level == OPERATORS.size()) {
      return unary();
    }
    Expression left = binary(level + 1);
    while (peek().kind() == Token.Kind.SIGN && OPERATORS.get(level).contains(peek().text())) {
      Token operator = take();
      left = new Syntax.Binary(operator, left, binary(level + 1));
    }
    return left;
  }

  private Expression unary() {
    if (peek().is("-") || peek().is("!")) {
      enter();
      Expression it = new Syntax.Unary(take(), unary());
      depth--;
      return it;
    }
    Expression it = primary();
    while (peek().is("[")) {
      Token bracket = take();
      Expression index = expression();
      expect("]");
      it = new Syntax.Index(bracket, it, index);
    }
    return it;
  }

  private Expression primary() {
    Token token = take();
    switch (token.kind()) {
      case INT -> {
        return new Syntax.Literal(token, Type.INT);
      }
      case FLOAT -> {
        return new Syntax.Literal(token, Type.FLOAT);
      }
      case TEXT -> {
        return new Syntax.Literal(token, Type.BYTES);
      }
      default -> {
        // A word or a sign.
      }
    }
    if (token.is("true") || token.is("false")) {
      return new Syntax.Literal(token, Type.BOOL);
    }
    if (token.is("(")) {
      Expression inner = expression();
      expect(")");
      return inner;
    }
    boolean isType = token.is("int") || token.is("float") || token.is("bytes");
    if (token.kind() != Token.Kind.NAME || (KEYWORDS.contains(token.text()) && !isType)) {
      throw wrong(token, "expected an expression, not " + token.shown());
    }
    if (accept(".")) {
      Token function = name("the name of a function of " + token.text());
      expect("(");
      return new Syntax.Call(function, token.text(), function.text(), arguments());
    }
    if (accept("(")) {
      return new Syntax.Call(token, "", token.text(), arguments());
    }
    return new Syntax.Name(token);
  }

  private List<Expression> arguments() {
    List<Expression> arguments = new ArrayList<>();
    while (!accept(")")) {
      arguments.add(expression());
      if (!accept(",")) {
        expect(")");
        break;
      }
    }
    return arguments;
  }

  private Token name(String what) {
    Token token = take();
    if (token.kind() != Token.Kind.NAME || KEYWORDS.contains(token.text())) {
      throw wrong(token, "expected %s, not %s".formatted(what, token.shown()));
    }
    return token;
  }

  private void enter() {
    if (++depth > MOST_DEPTH) {
      throw wrong(peek(), "nested deeper than %d".formatted(MOST_DEPTH));
    }
  }

  private Token peek() {
    return tokens.get(at);
  }

  private Token take() {
    Token token = tokens.get(at);
    if (token.kind() != Token.Kind.END) {
      at++;
    }
    return token;
  }

  private boolean accept(String word) {
    if (peek().is(word)) {
      at++;
      return true;
    }
    return false;
  }

  private void expect(String word) {
    Token token = take();
    if (!token.is(word)) {
      throw wrong(token, "expected '%s', not %s".formatted(word, token.shown()));
    }
  }

  private SourceException wrong(Token token, String message) {
    return new SourceException(source, token, message);
  }
}
