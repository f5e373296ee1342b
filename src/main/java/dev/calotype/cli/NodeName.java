package dev.calotype.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.calotype.graph.Fingerprint;
import dev.calotype.graph.Graph;
import java.io.IOException;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.PositionalParamSpec;

/** How users name a node: by its index, or by its kind and key. */
final class NodeName {
  /** What is said of it in help. */
  static final String FORMS = "its index, or KIND:KEY with 32 hexadecimal digits";

  private static final Pattern INDEX = Pattern.compile("\\d{1,15}");
  private static final Pattern KEY =
      Pattern.compile("(\\d{1,5}):([0-9a-fA-F]{16})([0-9a-fA-F]{16})");

  private NodeName() {}

  /** The required parameter at {@code index}. */
  static PositionalParamSpec parameter(int index, String label, String description) {
    return PositionalParamSpec.builder()
        .required(true)
        .paramLabel(label)
        .index(Integer.toString(index))
        .arity("1")
        .type(String.class)
        .description(description)
        .build();
  }

  /**
   * The node of that name, or empty if the graph has none.
   *
   * @throws picocli.CommandLine.ParameterException if it is no name
   */
  static OptionalLong find(Graph graph, String name, Invocation invocation) {
    if (INDEX.matcher(name).matches()) {
      long node = Long.parseLong(name);
      return graph.contains(node) ? OptionalLong.of(node) : OptionalLong.empty();
    }
    Matcher key = KEY.matcher(name);
    if (!key.matches()) {
      throw invocation.wrong("'%s' is no node: it is %s".formatted(name, FORMS));
    }
    long node =
        graph.find(
            Integer.parseInt(key.group(1)),
            Long.parseUnsignedLong(key.group(2), 16),
            Long.parseUnsignedLong(key.group(3), 16));
    return node == Graph.NONE ? OptionalLong.empty() : OptionalLong.of(node);
  }

  /** Kind and key in the form in which they are named. */
  static String key(Graph graph, long node) {
    return graph.kind(node) + ":" + graph.key(node);
  }

  /** Writes the fields that tell which node it is. */
  static void fields(JsonGenerator json, long node, int kind, Fingerprint key) throws IOException {
    json.writeNumberField("node", node);
    json.writeNumberField("kind", kind);
    json.writeStringField("key", key.toString());
  }
}
