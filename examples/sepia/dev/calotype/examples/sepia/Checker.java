package dev.calotype.examples.sepia;

import dev.calotype.examples.sepia.Syntax.Expression;
import dev.calotype.examples.sepia.Syntax.Statement;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds the type of every expression, or what is wrong. */
final class Checker {
  private final Source source;
  private final Map<String, Interface> imports;
  private final Map<String, Syntax.Table> tables = new HashMap<>();
  private final Map<String, Signature> functions = new HashMap<>();
  private final Map<Expression, Type> types = new IdentityHashMap<>();
  private final Deque<Map<String, Type>> scopes = new ArrayDeque<>();
  private Type result = Type.NOTHING;
  private int loops;

  private Checker(Source source, Map<String, Interface> imports) {
    this.source = source;
    this.imports = imports;
  }

  /**
   * Checks a module.
   *
   * @param imports the interfaces of what it imports, by alias
   * @return the types of all expressions in it, by identity
   * @throws SourceException if something is wrong
   */
  static Map<Expression, Type> check(Syntax.Module module, Map<String, Interface> imports) {
    Checker checker = new Checker(module.source(), imports);
    checker.declare(module);
    module.functions().forEach(checker::function);
    return checker.types;
  }

  private void declare(Syntax.Module module) {
    Set<String> names = new HashSet<>();
    for (Syntax.Import it : module.imports()) {
      if (!names.add(it.alias())) {
        throw wrong(it.at(), "two imports are called " + it.alias());
      }
    }
    names.clear();
    for (Syntax.Table table : module.tables()) {
      unique(names, table.at());
      tables.put(table.name(), table);
      if (table instanceof Syntax.ListTable list) {
        list.values().forEach(value -> tableValue(list, value));
      }
    }
    for (Syntax.Function function : module.functions()) {
      unique(names, function.at());
      functions.put(function.name(), Signature.of(function));
    }
  }

  private void unique(Set<String> names, Token name) {
    if (Builtins.has(name.text())) {
      throw wrong(name, name.shown() + " is a function of the language");
    }
    if (!names.add(name.text())) {
      throw wrong(name, "there is a " + name.shown() + " already");
    }
  }

  private void tableValue(Syntax.ListTable table, Token value) {
    boolean fits =
        switch (table.type()) {
          case INT -> value.kind() == Token.Kind.INT;
          case FLOAT -> value.kind() == Token.Kind.FLOAT || value.kind() == Token.Kind.INT;
          case BYTES -> value.kind() == Token.Kind.TEXT;
          default -> value.is("true") || value.is("false");
        };
    if (!fits) {
      throw wrong(value, "expected a value of type %s".formatted(table.type().word()));
    }
    number(value);
  }

  private void number(Token value) {
    if (value.kind() == Token.Kind.INT) {
      try {
        Numbers.integer(value.text());
      } catch (NumberFormatException e) {
        throw wrong(value, "this is no number of 64 bits");
      }
    }
  }

  private void function(Syntax.Function function) {
    Map<String, Type> scope = new HashMap<>();
    for (Syntax.Parameter parameter : function.parameters()) {
      variable(scope, parameter.at(), parameter.type());
    }
    result = function.result();
    scopes.push(scope);
    statements(function.body());
    scopes.pop();
    if (result != Type.NOTHING && !returns(function.body())) {
      throw wrong(
          function.at(), "%s does not return on every way".formatted(function.at().shown()));
    }
  }

  private void block(List<Statement> statements) {
    scopes.push(new HashMap<>());
    statements(statements);
    scopes.pop();
  }

  private void statements(List<Statement> statements) {
    for (Statement statement : statements) {
      switch (statement) {
        case Syntax.Let it -> variable(scopes.element(), it.at(), value(it.value()));
        case Syntax.Assign it -> want(it.value(), local(it.at()));
        case Syntax.If it -> {
          want(it.condition(), Type.BOOL);
          block(it.then());
          block(it.otherwise());
        }
        case Syntax.While it -> {
          want(it.condition(), Type.BOOL);
          loops++;
          block(it.body());
          loops--;
        }
        case Syntax.For it -> {
          want(it.from(), Type.INT);
          want(it.to(), Type.INT);
          scopes.push(new HashMap<>());
          variable(scopes.element(), it.at(), Type.INT);
          loops++;
          block(it.body());
          loops--;
          scopes.pop();
        }
        case Syntax.Return it -> {
          if (it.value().isEmpty() != (result == Type.NOTHING)) {
            throw wrong(it.at(), "the function's result is " + result.word());
          }
          it.value().ifPresent(value -> want(value, result));
        }
        case Syntax.Jump it -> {
          if (loops == 0) {
            throw wrong(it.at(), it.at().shown() + " outside of a loop");
          }
        }
        case Syntax.Do it -> type(it.call());
      }
    }
  }

  private static boolean returns(List<Statement> statements) {
    if (statements.isEmpty()) {
      return false;
    }
    return switch (statements.getLast()) {
      case Syntax.Return _ -> true;
      case Syntax.If it -> returns(it.then()) && returns(it.otherwise());
      default -> false;
    };
  }

  private void variable(Map<String, Type> scope, Token name, Type type) {
    if (tables.containsKey(name.text())) {
      throw wrong(name, name.shown() + " is a table");
    }
    if (scope.putIfAbsent(name.text(), type) != null) {
      throw wrong(name, "there is a " + name.shown() + " already");
    }
  }

  private Type local(Token name) {
    for (Map<String, Type> scope : scopes) {
      Type type = scope.get(name.text());
      if (type != null) {
        return type;
      }
    }
    throw wrong(name, "there is no variable " + name.shown());
  }

  private void want(Expression expression, Type wanted) {
    Type type = type(expression);
    if (type != wanted) {
      throw wrong(
          expression.at(), "expected %s, and this is %s".formatted(wanted.word(), type.word()));
    }
  }

  /** The type of something that has a value. */
  private Type value(Expression expression) {
    Type type = type(expression);
    if (type == Type.NOTHING) {
      throw wrong(expression.at(), "this has no value");
    }
    return type;
  }

  private Type type(Expression expression) {
    Type type =
        switch (expression) {
          case Syntax.Literal it -> {
            number(it.at());
            yield it.type();
          }
          case Syntax.Name it -> name(it);
          case Syntax.Unary it -> unary(it);
          case Syntax.Binary it -> binary(it);
          case Syntax.Call it -> call(it);
          case Syntax.Index it -> index(it);
        };
    types.put(expression, type);
    return type;
  }

  private Type name(Syntax.Name name) {
    Syntax.Table table = tables.get(name.at().text());
    if (table == null) {
      return local(name.at());
    }
    if (table instanceof Syntax.FileTable) {
      return Type.BYTES;
    }
    throw wrong(name.at(), "a table is only for [ ] and len");
  }

  private Type unary(Syntax.Unary it) {
    if (it.at().is("!")) {
      want(it.operand(), Type.BOOL);
      return Type.BOOL;
    }
    Type type = value(it.operand());
    if (type != Type.INT && type != Type.FLOAT) {
      throw wrong(it.at(), "'-' is for numbers, and this is " + type.word());
    }
    return type;
  }

  private Type binary(Syntax.Binary it) {
    Type left = value(it.left());
    want(it.right(), left);
    String operator = it.at().text();
    boolean fits =
        switch (operator) {
          case "&&", "||" -> left == Type.BOOL;
          case "==", "!=" -> true;
          case "+" -> left != Type.BOOL;
          case "<", "<=", ">", ">=" -> left != Type.BOOL;
          case "-", "*", "/" -> left == Type.INT || left == Type.FLOAT;
          default -> left == Type.INT;
        };
    if (!fits) {
      throw wrong(it.at(), "there is no '%s' for %s".formatted(operator, left.word()));
    }
    return switch (operator) {
      case "&&", "||", "==", "!=", "<", "<=", ">", ">=" -> Type.BOOL;
      default -> left;
    };
  }

  private Type index(Syntax.Index it) {
    Type element = Type.INT;
    if (it.of() instanceof Syntax.Name name
        && tables.get(name.at().text()) instanceof Syntax.ListTable table) {
      element = table.type();
    } else {
      want(it.of(), Type.BYTES);
    }
    want(it.index(), Type.INT);
    return element;
  }

  private Type call(Syntax.Call call) {
    return switch (call.module().isEmpty() ? call.name() : "") {
      case "len" -> {
        count(call, 1);
        if (!isListTable(call.arguments().getFirst())) {
          want(call.arguments().getFirst(), Type.BYTES);
        }
        yield Type.INT;
      }
      case "text" -> {
        count(call, 1);
        Type type = value(call.arguments().getFirst());
        if (type == Type.BYTES) {
          throw wrong(call.at(), "these are bytes already");
        }
        yield Type.BYTES;
      }
      case "print" -> {
        call.arguments().forEach(this::value);
        yield Type.NOTHING;
      }
      default -> {
        Signature signature = signature(call);
        count(call, signature.parameters().size());
        for (int i = 0; i < call.arguments().size(); i++) {
          want(call.arguments().get(i), signature.parameters().get(i));
        }
        yield signature.result();
      }
    };
  }

  private boolean isListTable(Expression expression) {
    return expression instanceof Syntax.Name name
        && tables.get(name.at().text()) instanceof Syntax.ListTable;
  }

  private Signature signature(Syntax.Call call) {
    if (call.module().isEmpty()) {
      Signature own = functions.getOrDefault(call.name(), Builtins.simple().get(call.name()));
      if (own == null) {
        throw wrong(call.at(), "there is no function " + call.at().shown());
      }
      return own;
    }
    Interface module = imports.get(call.module());
    if (module == null) {
      throw wrong(call.at(), "no module '%s' is imported".formatted(call.module()));
    }
    Signature signature = module.functions().get(call.name());
    if (signature == null) {
      throw wrong(
          call.at(), "module %s exports no %s".formatted(module.module(), call.at().shown()));
    }
    return signature;
  }

  private void count(Syntax.Call call, int wanted) {
    int given = call.arguments().size();
    if (given != wanted) {
      throw wrong(
          call.at(),
          "%s takes %d %s, and here are %d"
              .formatted(call.name(), wanted, wanted == 1 ? "argument" : "arguments", given));
    }
  }

  private SourceException wrong(Token at, String message) {
    return new SourceException(source, at, message);
  }
}
