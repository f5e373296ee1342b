package dev.calotype.examples.sepia;

import java.util.List;
import java.util.Optional;

/** What a module is made of, as its parser found it. */
final class Syntax {
  private Syntax() {}

  /** A module: what it imports, its tables and its functions, in their order. */
  record Module(
      Source source,
      String doc,
      List<Import> imports,
      List<Table> tables,
      List<Function> functions) {}

  /** Another module that is used. {@code alias} is its last part, by which it is called. */
  record Import(Token at, String module, String alias) {}

  /** Data with a name. */
  sealed interface Table {
    /** Where it is declared. */
    Token at();

    /** Its name. */
    String name();

    /** What its author says of it. */
    String doc();
  }

  /** Values of one type. */
  record ListTable(Token at, String name, String doc, Type type, List<Token> values)
      implements Table {}

  /** The bytes of a file beside the module. */
  record FileTable(Token at, String name, String doc, String file) implements Table {}

  /** A parameter of a function. */
  record Parameter(Token at, String name, Type type) {}

  /** A function. */
  record Function(
      Token at,
      String name,
      String doc,
      boolean isExported,
      List<Parameter> parameters,
      Type result,
      List<Statement> body) {}

  /** A statement. */
  sealed interface Statement {}

  /** A new variable. */
  record Let(Token at, String name, Expression value) implements Statement {}

  /** Another value for a variable. */
  record Assign(Token at, String name, Expression value) implements Statement {}

  /** One way or the other. */
  record If(Expression condition, List<Statement> then, List<Statement> otherwise)
      implements Statement {}

  /** As long as something holds. */
  record While(Expression condition, List<Statement> body) implements Statement {}

  /** For each number from one to before another. */
  record For(Token at, String name, Expression from, Expression to, List<Statement> body)
      implements Statement {}

  /** Out of a function. */
  record Return(Token at, Optional<Expression> value) implements Statement {}

  /** Out of a loop, or to its next round. */
  record Jump(Token at, boolean isBreak) implements Statement {}

  /** A call for what it does. */
  record Do(Expression call) implements Statement {}

  /** An expression. */
  sealed interface Expression {
    /** Where it is, for messages. */
    Token at();
  }

  /** A number, a text, {@code true} or {@code false}. */
  record Literal(Token at, Type type) implements Expression {}

  /** A variable or a table. */
  record Name(Token at) implements Expression {}

  /** {@code !} or {@code -}. */
  record Unary(Token at, Expression operand) implements Expression {}

  /** Two operands. */
  record Binary(Token at, Expression left, Expression right) implements Expression {}

  /** A function, of this module where {@code module} is empty. */
  record Call(Token at, String module, String name, List<Expression> arguments)
      implements Expression {}

  /** A byte of bytes, or a value of a table. */
  record Index(Token at, Expression of, Expression index) implements Expression {}
}
