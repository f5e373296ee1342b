package dev.calotype.cli;

import dev.calotype.cache.Hit;
import dev.calotype.cache.Key;
import dev.calotype.cache.Lookup;
import dev.calotype.cache.Miss;
import dev.calotype.map.OpenFile;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** {@code cache get}: the entry of a key, or why there is none. */
final class CacheGetCommand implements Command {
  private static final int CHUNK = 1 << 20;

  @Override
  public String summary() {
    return "Look up a key, and copy its entry's files.";
  }

  @Override
  public void declare(CommandSpec spec) {
    KeyOptions.declare(spec);
    spec.addOption(
        OptionSpec.builder("-o", "--output")
            .paramLabel("DIR")
            .type(Path.class)
            .description("Copy the entry's files into this folder, which is made if missing.")
            .build());
    spec.addOption(Commands.force());
    CacheOptions.declare(spec);
    spec.usageMessage()
        .footer(
            "  calotype cache get --compiler 'cc 14.2' --field O=3",
            "  calotype cache get --compiler 'cc 14.2' --field source:file=foo.c -o out",
            "",
            "Exits with 0 for a hit, 1 if there is no entry or a stale one, 2 if it is damaged, 3"
                + " if",
            "it may not be used: somebody else's, unsigned, of another version.");
  }

  @Override
  public ExitCode run(Invocation invocation) throws IOException {
    Key key = KeyOptions.key(invocation);
    return CacheOptions.onStore(
        invocation,
        store -> {
          try (Lookup found = store.get(key)) {
            return switch (found) {
              case Hit hit -> {
                Optional<Path> folder = invocation.path("--output");
                if (folder.isPresent()) {
                  copy(hit, folder.get(), invocation.has("--force"));
                }
                print(invocation, hit, folder);
                yield ExitCode.DONE;
              }
              case Miss miss -> {
                print(invocation, miss);
                yield CacheReport.code(miss);
              }
            };
          }
        });
  }

  private static void print(Invocation invocation, Hit hit, Optional<Path> folder)
      throws IOException {
    PrintWriter out = invocation.terminal().out();
    if (invocation.has("--json")) {
      JsonLines.print(
          out,
          json -> {
            CacheReport.key(json, hit.key());
            json.writeBooleanField("hit", true);
            json.writeArrayFieldStart("files");
            for (String name : hit.names()) {
              json.writeStartObject();
              json.writeStringField("name", name);
              json.writeNumberField("bytes", hit.file(name).size());
              json.writeEndObject();
            }
            json.writeEndArray();
          });
      return;
    }
    out.println(invocation.terminal().green("hit") + "   " + hit.key().hex());
    Table table = new Table(out, "  ", "File", ">Size");
    for (String name : hit.names()) {
      String shown = folder.map(at -> at.resolve(name).toString()).orElse(name);
      table.row(shown, Text.size(hit.file(name).size()));
    }
    table.print();
  }

  private static void print(Invocation invocation, Miss miss) {
    PrintWriter out = invocation.terminal().out();
    if (invocation.has("--json")) {
      JsonLines.print(
          out,
          json -> {
            CacheReport.key(json, miss.key());
            json.writeBooleanField("hit", false);
            CacheReport.miss(json, miss);
          });
      return;
    }
    out.println(invocation.terminal().yellow("miss") + "  " + miss.key().hex());
    out.println("  " + Text.escape(CacheReport.words(miss)));
    if (!miss.causes().isEmpty()) {
      Table table = new Table(out, "  ", "Cause", "Expected", "Actual");
      miss.causes().forEach(cause -> table.row(cause.id(), cause.expected(), cause.actual()));
      table.print();
    }
  }

  private static void copy(Hit hit, Path folder, boolean replace) throws IOException {
    Files.createDirectories(folder);
    for (String name : hit.names()) {
      Path target = folder.resolve(name);
      if (!replace && Files.exists(target)) {
        throw new FileAlreadyExistsException(target.toString());
      }
    }
    for (String name : hit.names()) {
      copy(hit.file(name), folder, folder.resolve(name));
    }
  }

  private static void copy(OpenFile file, Path folder, Path target) throws IOException {
    Path temporary = Files.createTempFile(folder, ".", ".part");
    try {
      byte[] chunk = new byte[(int) Math.min(CHUNK, file.size())];
      try (OutputStream out = Files.newOutputStream(temporary, StandardOpenOption.WRITE)) {
        for (long at = 0; at < file.size(); at += chunk.length) {
          int length = (int) Math.min(chunk.length, file.size() - at);
          file.readFully(at, chunk, 0, length);
          out.write(chunk, 0, length);
        }
      }
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }
}
