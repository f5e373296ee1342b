package dev.calotype.examples.sepia;

import dev.calotype.examples.sepia.Syntax.Expression;
import dev.calotype.examples.sepia.Syntax.Statement;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Writes a checked module as C. Each operation gets a variable of its own, so that they happen from
 * left to right. No line of the source goes into it, so that moving code changes nothing.
 */
final class CGenerator {
  private final Syntax.Module module;
  private final String literalsCell;
  private final Map<String, Interface> imports;
  private final Map<Expression, Type> types;
  private final Map<String, Syntax.Table> tables = new HashMap<>();
  private final SortedMap<String, Signature> used = new TreeMap<>();
  private final SortedSet<String> calls = new TreeSet<>();
  private final Literals literals = new Literals();
  private final StringBuilder body = new StringBuilder();
  private String function = "";
  private int temporaries;

  private CGenerator(
      Syntax.Module module, Map<String, Interface> imports, Map<Expression, Type> types) {
    this.module = module;
    this.literalsCell = cell(name(), DataWriter.LITERALS);
    this.imports = imports;
    this.types = types;
  }

  /**
   * What a module becomes.
   *
   * @param c the program in C
   * @param literals its texts, which go into the data
   * @param calls the modules that it calls, whatever of that a compiler leaves
   */
  record Generated(String c, Literals literals, SortedSet<String> calls) {
    Generated {
      calls = Collections.unmodifiableSortedSet(new TreeSet<>(calls));
    }
  }

  static Generated generate(
      Syntax.Module module, Map<String, Interface> imports, Map<Expression, Type> types) {
    CGenerator generator = new CGenerator(module, imports, types);
    return new Generated(generator.all(), generator.literals, generator.calls);
  }

  /** The symbol of a function: no other module has it. */
  static String symbol(String module, String function) {
    return "f_%s_%s".formatted(mangled(module), function);
  }

  /** The symbol through which the program that starts with this module is called. */
  static String entry(String module) {
    return "entry_" + mangled(module);
  }

  /** The symbol of the cell that leads to a section of a module's data. */
  static String cell(String module, String section) {
    return "cell_%s_%s".formatted(mangled(module), section.replace('.', '_'));
  }

  /** Each part with its length before it, so that no two names become one. */
  private static String mangled(String module) {
    return Arrays.stream(module.split("\\."))
        .map(part -> part.length() + part)
        .collect(Collectors.joining());
  }

  private String all() {
    module.tables().forEach(table -> tables.put(table.name(), table));
    module.functions().forEach(this::function);
    StringBuilder head = new StringBuilder(Prelude.TEXT);
    if (!literals.isEmpty()) {
      head.append("CELL bytes ").append(literalsCell).append(";\n");
    }
    for (Syntax.Table table : module.tables()) {
      head.append("CELL bytes ").append(tableCell(table.name())).append(";\n");
    }
    used.forEach((symbol, signature) ->
        head.append("HIDDEN %s;\n".formatted(declaration(signature, symbol))));
    for (Syntax.Function it : module.functions()) {
      head.append(head(it)).append(";\n");
    }
    head.append('\n').append(body);
    if (canStart(Interface.of(module))) {
      head.append(Prelude.RUNTIME);
      head.append(
          "EXPORT i64 %s(struct context *it) { return run(it, %s); }\n"
              .formatted(entry(name()), symbol(name(), "main")));
    }
    return head.toString();
  }

  /** Whether a program can start with a module. */
  static boolean canStart(Interface module) {
    return new Signature(List.of(), Type.INT).equals(module.functions().get("main"));
  }

  private String name() {
    return module.source().module();
  }

  private String tableCell(String table) {
    return cell(name(), DataWriter.section(table));
  }

  private String head(Syntax.Function function) {
    String parameters =
        function.parameters().stream()
            .map(parameter -> parameter.type().inC() + " v_" + parameter.name())
            .collect(Collectors.joining(", "));
    return "%s %s %s(%s)"
        .formatted(
            function.isExported() ? "HIDDEN" : "static UNUSED",
            function.result().inC(),
            symbol(name(), function.name()),
            parameters.isEmpty() ? "void" : parameters);
  }

  private static String declaration(Signature signature, String name) {
    String parameters =
        signature.parameters().stream().map(Type::inC).collect(Collectors.joining(", "));
    return "%s %s(%s)"
        .formatted(signature.result().inC(), name, parameters.isEmpty() ? "void" : parameters);
  }

  private void function(Syntax.Function it) {
    function = quoted(module.source().module() + "." + it.name());
    body.append(head(it)).append(" {\n");
    body.append("ENTER(").append(function).append(");\n");
    statements(it.body());
    if (it.result() != Type.NOTHING) {
      body.append("__builtin_unreachable();\n"); // Every way returns.
    }
    body.append("}\n\n");
  }

  private void block(List<Statement> statements) {
    body.append("{\n");
    statements(statements);
    body.append("}\n");
  }

  private void statements(List<Statement> statements) {
    for (Statement statement : statements) {
      switch (statement) {
        case Syntax.Let it -> {
          String value = value(it.value());
          body.append("%s v_%s = %s;\n".formatted(type(it.value()).inC(), it.name(), value));
          body.append("(void)v_%s;\n".formatted(it.name()));
        }
        case Syntax.Assign it -> {
          String value = value(it.value());
          body.append("v_%s = %s;\n".formatted(it.name(), value));
        }
        case Syntax.If it -> {
          body.append("if (%s)\n".formatted(value(it.condition())));
          block(it.then());
          if (!it.otherwise().isEmpty()) {
            body.append("else ");
            block(it.otherwise());
          }
        }
        case Syntax.While it -> {
          body.append("for (;;) {\n");
          body.append("if (!%s) break;\n".formatted(value(it.condition())));
          block(it.body());
          body.append("}\n");
        }
        case Syntax.For it -> {
          String from = value(it.from());
          String to = value(it.to());
          String counter = "t" + temporaries++;
          body.append(
              "for (i64 %1$s = %2$s; %1$s < %3$s; %1$s++) {\n".formatted(counter, from, to));
          body.append("i64 v_%1$s = %2$s;\n(void)v_%1$s;\n".formatted(it.name(), counter));
          block(it.body());
          body.append("}\n");
        }
        case Syntax.Return it -> {
          String value = it.value().map(this::value).orElse("");
          body.append("return %s;\n".formatted(value));
        }
        case Syntax.Jump it -> body.append(it.isBreak() ? "break;\n" : "continue;\n");
        case Syntax.Do it -> value(it.call());
      }
    }
  }

  private Type type(Expression expression) {
    Type type = types.get(expression);
    return type == null ? Type.NOTHING : type;
  }

  /** Writes what computes a value, and says where it is then. */
  private String value(Expression expression) {
    return switch (expression) {
      case Syntax.Literal it -> literal(it);
      case Syntax.Name it ->
          tables.containsKey(it.at().text()) ? tableCell(it.at().text()) : "v_" + it.at().text();
      case Syntax.Unary it -> {
        String operand = value(it.operand());
        yield keep(type(it), "%s%s".formatted(it.at().text(), operand));
      }
      case Syntax.Binary it -> binary(it);
      case Syntax.Index it -> index(it);
      case Syntax.Call it -> call(it);
    };
  }

  private String keep(Type type, String c) {
    String name = "t" + temporaries++;
    body.append("const %s %s = %s;\n".formatted(type.inC(), name, c));
    return name;
  }

  private String literal(Syntax.Literal it) {
    String text = it.at().text();
    return switch (it.type()) {
      case INT -> integer(Numbers.integer(text));
      case FLOAT ->
          Double.toHexString(Double.parseDouble(text)).replace("Infinity", "__builtin_inf()");
      case BYTES -> "(%s + %d)".formatted(literalsCell, literals.offset(text));
      default -> text.equals("true") ? "(i64)1" : "(i64)0";
    };
  }

  private static String integer(long value) {
    return value < 0 ? "(i64)0x%xULL".formatted(value) : value + "LL";
  }

  private String binary(Syntax.Binary it) {
    String operator = it.at().text();
    String left = value(it.left());
    if (operator.equals("&&") || operator.equals("||")) {
      String name = "t" + temporaries++;
      body.append("i64 %s = %s;\n".formatted(name, left));
      body.append("if (%s%s) {\n".formatted(operator.equals("&&") ? "" : "!", name));
      String right = value(it.right());
      body.append("%s = %s;\n}\n".formatted(name, right));
      return name;
    }
    String right = value(it.right());
    if (type(it.left()) == Type.BYTES) {
      return operator.equals("+")
          ? keep(Type.BYTES, "join(%s, %s)".formatted(left, right))
          : keep(Type.BOOL, "compare(%s, %s) %s 0".formatted(left, right, operator));
    }
    return keep(type(it), operation(type(it.left()), operator, left, right));
  }

  private String operation(Type type, String operator, String left, String right) {
    return switch (operator) {
      case "<<" -> "(i64)((u64)%s << (%s & 63))".formatted(left, right);
      case ">>" -> "%s >> (%s & 63)".formatted(left, right);
      case "%" -> "modulo(%s, %s, %s)".formatted(left, right, function);
      case "/" ->
          type == Type.INT
              ? "divide(%s, %s, %s)".formatted(left, right, function)
              : "%s / %s".formatted(left, right);
      default -> "%s %s %s".formatted(left, operator, right);
    };
  }

  private String index(Syntax.Index it) {
    String of = value(it.of());
    String index = value(it.index());
    String at = keep(Type.INT, "index_of(%s, length(%s), %s)".formatted(index, of, function));
    if (it.of() instanceof Syntax.Name name
        && tables.get(name.at().text()) instanceof Syntax.ListTable table) {
      return switch (table.type()) {
        case FLOAT -> keep(Type.FLOAT, "real(%s, %s + 1)".formatted(of, at));
        // The table has where each one is.
        case BYTES -> keep(Type.BYTES, "%1$s + word(%1$s, %2$s + 1)".formatted(of, at));
        default -> keep(table.type(), "word(%s, %s + 1)".formatted(of, at));
      };
    }
    return keep(Type.INT, "%s[8 + %s]".formatted(of, at));
  }

  private String call(Syntax.Call it) {
    List<String> arguments = new ArrayList<>();
    it.arguments().forEach(argument -> arguments.add(value(argument)));
    String first = arguments.isEmpty() ? "" : arguments.getFirst();
    if (!it.module().isEmpty()) {
      return result(it, "%s(%s)".formatted(imported(it), String.join(", ", arguments)));
    }
    return switch (it.name()) {
      case "len" -> keep(Type.INT, "length(%s)".formatted(first));
      case "text" -> keep(Type.BYTES, text(it.arguments().getFirst(), first));
      case "print" -> {
        for (int i = 0; i < arguments.size(); i++) {
          Expression argument = it.arguments().get(i);
          String value = arguments.get(i);
          String text = type(argument) == Type.BYTES ? value : text(argument, value);
          body.append("print(%s);\n".formatted(text));
        }
        body.append("print((bytes)\"\\1\\0\\0\\0\\0\\0\\0\\0\\n\");\n");
        yield "";
      }
      case "sqrt" -> keep(Type.FLOAT, "__builtin_sqrt(%s)".formatted(first));
      case "byte" -> keep(Type.BYTES, "one_byte(%s)".formatted(first));
      case "float" -> keep(Type.FLOAT, "(f64)%s".formatted(first));
      case "int" -> keep(Type.INT, "to_int(%s)".formatted(first));
      case "parse" -> keep(Type.INT, "parse(%s, %s)".formatted(first, function));
      case "args" -> keep(Type.INT, "argument_count()");
      case "arg" -> {
        String at = keep(Type.INT, "index_of(%s, argument_count(), %s)".formatted(first, function));
        yield keep(Type.BYTES, "argument(%s)".formatted(at));
      }
      case "slice" ->
          keep(Type.BYTES, "slice(%s, %s)".formatted(String.join(", ", arguments), function));
      default ->
          result(it, "%s(%s)".formatted(symbol(name(), it.name()), String.join(", ", arguments)));
    };
  }

  private String text(Expression expression, String value) {
    return switch (type(expression)) {
      case FLOAT -> "float_text(%s)".formatted(value);
      case BOOL ->
          "(%s ? (%4$s + %d) : (%4$s + %d))"
              .formatted(value, literals.offset("true"), literals.offset("false"), literalsCell);
      default -> "int_text(%s)".formatted(value);
    };
  }

  private String result(Syntax.Call it, String call) {
    if (type(it) == Type.NOTHING) {
      body.append(call).append(";\n");
      return "";
    }
    return keep(type(it), call);
  }

  /** A function of another module, which the linker finds. */
  private String imported(Syntax.Call it) {
    Interface other = imports.get(it.module());
    if (other == null) {
      throw new IllegalStateException(it.module());
    }
    Signature signature = other.functions().get(it.name());
    if (signature == null) {
      throw new IllegalStateException(it.name());
    }
    String symbol = symbol(other.module(), it.name());
    used.put(symbol, signature);
    calls.add(other.module());
    return symbol;
  }

  private static String quoted(String name) {
    return "\""
        + new String(name.getBytes(StandardCharsets.UTF_8), StandardCharsets.US_ASCII)
        + "\"";
  }
}
