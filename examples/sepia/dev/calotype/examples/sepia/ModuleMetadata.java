package dev.calotype.examples.sepia;

import dev.calotype.stream.MetadataReader;
import dev.calotype.stream.MetadataTable;
import dev.calotype.stream.MetadataWriter;
import dev.calotype.stream.TableBuilder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * What is kept of a module besides its code and tables: names, types and docs. It is looked at in
 * place; nothing is decoded before it is asked for.
 *
 * <pre>
 *   64 bits       where the table is
 *   texts         one after the other; 0 in the table says "none"
 *   table         a row for the module: name, doc
 *                 a row for each function, by name: name, doc, text of the signature (1)
 *                 a row for each table of data: name, doc
 *                 a row for each module that it calls: name
 * </pre>
 *
 * A row is: kind, flags, name, doc, signature; the last three are positions.
 */
final class ModuleMetadata {
  /** The section of the data file that it is in. */
  static final String SECTION = "metadata";

  private static final int MODULE = 0;
  private static final int FUNCTION = 1;
  private static final int TABLE = 2;
  private static final int CALL = 3;
  private static final int EXPORTED = 1;
  private static final int COLUMNS = 5;

  private final MetadataReader in;
  private final MetadataTable rows;

  private ModuleMetadata(MetadataReader in) {
    this.in = in;
    this.rows = in.at(in.fixed64()).table(COLUMNS);
  }

  /** Metadata in a mapped section. */
  static ModuleMetadata of(MetadataReader in) {
    return new ModuleMetadata(in);
  }

  /** Writes a module's. */
  static void write(Syntax.Module module, SortedSet<String> calls, MetadataWriter out) {
    long root = out.position();
    out.fixed64(0);
    TableBuilder rows = new TableBuilder(COLUMNS);
    row(rows, out, MODULE, false, module.source().module(), module.doc());
    List<Syntax.Function> functions = new ArrayList<>(module.functions());
    functions.sort(Comparator.comparing(Syntax.Function::name));
    for (Syntax.Function function : functions) {
      int row = row(rows, out, FUNCTION, function.isExported(), function.name(), function.doc());
      rows.set(row, 4, out.position());
      signature(out, function);
    }
    for (Syntax.Table table : module.tables()) {
      row(rows, out, TABLE, false, table.name(), table.doc());
    }
    calls.forEach(call -> row(rows, out, CALL, false, call, ""));
    out.patch64(root, out.table(rows));
  }

  private static int row(
      TableBuilder rows, MetadataWriter out, int kind, boolean exported, String name, String doc) {
    int row = rows.rows();
    rows.set(row, 0, kind).set(row, 1, exported ? EXPORTED : 0).set(row, 2, out.position());
    out.string(name);
    if (!doc.isEmpty()) {
      rows.set(row, 3, out.position());
      out.string(doc);
    }
    return row;
  }

  private static void signature(MetadataWriter out, Syntax.Function function) {
    out.fixed8(function.result().ordinal());
    out.unsigned32(function.parameters().size());
    for (Syntax.Parameter parameter : function.parameters()) {
      out.fixed8(parameter.type().ordinal());
      out.string(parameter.name());
    }
  }

  /** The module's name. */
  String module() {
    return in.at(rows.get(0, 2)).string();
  }

  /** What its author says of the module, or of a function of it; empty if nothing. */
  String doc(String function) {
    long row = function.isEmpty() ? 0 : find(function);
    long position = row < 0 ? 0 : rows.get(row, 3);
    return position == 0 ? "" : in.at(position).string();
  }

  /** The functions that it exports. */
  Interface exported() {
    SortedMap<String, Signature> functions = new TreeMap<>();
    for (long row = 0; row < rows.rows(); row++) {
      if (rows.get(row, 0) == FUNCTION && rows.get(row, 1) == EXPORTED) {
        String name = in.at(rows.get(row, 2)).string();
        functions.put(name, signature(in.at(rows.get(row, 4))));
      }
    }
    return new Interface(module(), functions);
  }

  /** The modules that it calls. */
  List<String> calls() {
    List<String> calls = new ArrayList<>();
    for (long row = 0; row < rows.rows(); row++) {
      if (rows.get(row, 0) == CALL) {
        calls.add(in.at(rows.get(row, 2)).string());
      }
    }
    return calls;
  }

  private long find(String function) {
    for (long row = 0; row < rows.rows(); row++) {
      if (rows.get(row, 0) == FUNCTION && in.at(rows.get(row, 2)).string().equals(function)) {
        return row;
      }
    }
    return -1;
  }

  private static Signature signature(MetadataReader at) {
    Type result = type(at.fixed8());
    int count = at.unsigned32();
    List<Type> parameters = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      parameters.add(type(at.fixed8()));
      at.string();
    }
    return new Signature(parameters, result);
  }

  private static Type type(int ordinal) {
    return Type.values()[ordinal];
  }
}
