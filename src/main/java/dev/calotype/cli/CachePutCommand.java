package dev.calotype.cli;

import dev.calotype.cache.Draft;
import dev.calotype.cache.Hit;
import dev.calotype.cache.Key;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Model.CommandSpec;

/** {@code cache put}: makes an entry of files. */
final class CachePutCommand implements Command {
  @Override
  public String summary() {
    return "Put files into a store, under a key.";
  }

  @Override
  public void declare(CommandSpec spec) {
    KeyOptions.declare(spec);
    spec.addOption(Commands.flag("--replace", "Replace the entry that the key has.").build());
    CacheOptions.declare(spec);
    spec.addPositional(
        Commands.files(
            "A data file, a code object for it, or any other; @LIST for those in LIST."));
    spec.usageMessage()
        .footer(
            "  calotype cache put --compiler 'cc 14.2' --field O=3 foo.ji foo.so",
            "  calotype cache put --compiler 'cc 14.2' --field source:file=foo.c --replace foo.o",
            "",
            "The files keep their names. A data file and code objects are checked in full, and"
                + " have",
            "to belong together. The store is made if there is none.");
  }

  @Override
  public ExitCode run(Invocation invocation) throws IOException {
    Key key = KeyOptions.key(invocation);
    List<Path> files = invocation.files();
    return CacheOptions.onNewStore(
        invocation,
        store -> {
          if (invocation.has("--replace")) {
            store.evict(key);
          }
          AtomicBoolean isNew = new AtomicBoolean();
          try (Hit hit =
              store.getOrBuild(
                  key,
                  (_, draft) -> {
                    copy(files, draft);
                    isNew.set(true);
                  })) {
            if (!hit.isStored()) {
              throw new IOException("the entry could not be kept");
            }
            print(invocation, hit, isNew.get());
          }
          return ExitCode.DONE;
        });
  }

  private static void copy(List<Path> files, Draft draft) throws IOException {
    for (Path file : files) {
      Path name = file.getFileName();
      Files.copy(file, draft.file(name == null ? "" : name.toString()));
    }
  }

  private static void print(Invocation invocation, Hit hit, boolean isNew) throws IOException {
    PrintWriter out = invocation.terminal().out();
    if (invocation.has("--json")) {
      JsonLines.print(
          out,
          json -> {
            CacheReport.key(json, hit.key());
            json.writeBooleanField("added", isNew);
          });
    } else {
      out.println((isNew ? "added    " : "present  ") + hit.key().hex());
    }
  }
}
