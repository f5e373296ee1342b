package dev.calotype.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.calotype.cache.Explanation;
import dev.calotype.cache.Key;
import dev.calotype.cache.KeyDifference;
import dev.calotype.cache.Maintenance;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/** {@code cache explain}: why a key has no entry. */
final class CacheExplainCommand implements Command {
  private static final String NONE = "(no such field)";

  @Override
  public String summary() {
    return "Say which field of a key differs from those of the nearest entries.";
  }

  @Override
  public void declare(CommandSpec spec) {
    KeyOptions.declare(spec);
    spec.addOption(
        Commands.number("--last", "N", "Explain the last N misses on record, instead of a key."));
    CacheOptions.declare(spec);
    spec.usageMessage()
        .footer(
            "  calotype cache explain",
            "  calotype cache explain --compiler 'cc 14.2' --field O=2",
            "",
            "Without a key it explains the last miss on record. Exits with 0 if the key has an"
                + " entry",
            "by now, 1 if it has none or no miss is on record.");
  }

  @Override
  public ExitCode run(Invocation invocation) throws IOException {
    if (invocation.has("--last") && KeyOptions.isGiven(invocation)) {
      throw invocation.wrong("--last goes without a key");
    }
    int last = invocation.value("--last", 1);
    if (last < 1) {
      throw invocation.wrong("--last %d: at least 1".formatted(last));
    }
    Optional<Key> given =
        KeyOptions.isGiven(invocation) ? Optional.of(KeyOptions.key(invocation)) : Optional.empty();
    return CacheOptions.onStore(
        invocation,
        store -> {
          Maintenance maintenance = Maintenance.of(store);
          List<Key> keys =
              given.isPresent()
                  ? List.of(given.get())
                  : maintenance.misses().stream()
                      .map(Maintenance.RecentMiss::key)
                      .distinct()
                      .limit(last)
                      .toList();
          if (keys.isEmpty()) {
            String name = store.config().folder().toString();
            return invocation.failed(
                Failure.of(name, "no miss is on record", ExitCode.STALE), name);
          }
          ExitCode worst = ExitCode.DONE;
          for (Key key : keys) {
            Explanation explanation = maintenance.explain(key);
            print(invocation, explanation);
            worst = worst.and(isThere(explanation) ? ExitCode.DONE : ExitCode.STALE);
          }
          return worst;
        });
  }

  private static boolean isThere(Explanation explanation) {
    return !explanation.nearest().isEmpty()
        && explanation.nearest().getFirst().differences().isEmpty();
  }

  private static void print(Invocation invocation, Explanation explanation) {
    PrintWriter out = invocation.terminal().out();
    if (invocation.has("--json")) {
      JsonLines.print(out, json -> json(json, explanation));
      return;
    }
    Key key = explanation.key();
    invocation.terminal().heading(key.hex());
    out.println("  " + Text.escape(key.fields().compiler() + "  " + CacheReport.fields(key)));
    explanation
        .missed()
        .ifPresent(missed ->
            out.println(
                "  missed %s ago: %s"
                    .formatted(CacheReport.ago(missed.time()), Text.escape(missed.reason()))));
    if (explanation.nearest().isEmpty()) {
      out.println("  the store has no entries");
    }
    for (Explanation.Neighbour near : explanation.nearest()) {
      if (near.differences().isEmpty()) {
        out.println("  it has an entry now");
        continue;
      }
      out.println();
      out.println("  entry " + CacheReport.brief(near.key().hex()) + " differs in");
      Table table = new Table(out, "    ", "Field", "Expected", "Actual");
      for (KeyDifference difference : near.differences()) {
        table.row(
            difference.field(),
            difference.expected().orElse(NONE),
            difference.actual().orElse(NONE));
      }
      table.print();
    }
  }

  private static void json(JsonGenerator json, Explanation explanation) throws IOException {
    CacheReport.key(json, explanation.key());
    if (explanation.missed().isPresent()) {
      json.writeObjectFieldStart("missed");
      json.writeStringField("time", explanation.missed().get().time().toString());
      json.writeStringField("reason", explanation.missed().get().reason());
      json.writeEndObject();
    } else {
      json.writeNullField("missed");
    }
    json.writeArrayFieldStart("nearest");
    for (Explanation.Neighbour near : explanation.nearest()) {
      json.writeStartObject();
      json.writeStringField("key", near.key().hex());
      json.writeArrayFieldStart("differences");
      for (KeyDifference difference : near.differences()) {
        json.writeStartObject();
        json.writeStringField("field", difference.field());
        nullable(json, "expected", difference.expected());
        nullable(json, "actual", difference.actual());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void nullable(JsonGenerator json, String name, Optional<String> value)
      throws IOException {
    if (value.isPresent()) {
      json.writeStringField(name, value.get());
    } else {
      json.writeNullField(name);
    }
  }
}
