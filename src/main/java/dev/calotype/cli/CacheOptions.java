package dev.calotype.cli;

import dev.calotype.cache.Store;
import dev.calotype.cache.StoreConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Which store the commands of {@code cache} are about, and its settings. */
final class CacheOptions {
  private CacheOptions() {}

  /** Work on a store. */
  interface Work {
    ExitCode run(Store store) throws IOException;
  }

  /** The options that all of them have. */
  static void declare(CommandSpec spec) {
    spec.addOption(
        OptionSpec.builder("--store")
            .paramLabel("DIR")
            .type(Path.class)
            .description("The store's folder; the user's own store without this.")
            .build());
    spec.addOption(
        OptionSpec.builder("--config")
            .paramLabel("FILE")
            .type(Path.class)
            .description("A TOML file with settings; the user's own file without this.")
            .build());
    spec.addOption(
        OptionSpec.builder("--set")
            .paramLabel("SETTING=VALUE")
            .type(List.class)
            .auxiliaryTypes(String.class)
            .arity("1")
            .description("A setting, over what the file says. May be repeated.")
            .build());
    spec.addOption(Commands.json());
  }

  /** The settings: a file's, and over them those of the command line. */
  static StoreConfig config(Invocation invocation) throws IOException {
    Optional<Path> file = invocation.path("--config");
    StoreConfig config = file.isPresent() ? StoreConfig.read(file.get()) : StoreConfig.ofUser();
    for (String setting : invocation.value("--set", List.<String>of())) {
      int equals = setting.indexOf('=');
      if (equals < 0) {
        throw invocation.wrong("--set %s: not SETTING=VALUE".formatted(setting));
      }
      try {
        config = config.with(setting.substring(0, equals), setting.substring(equals + 1));
      } catch (IllegalArgumentException e) {
        throw invocation.wrong("--set: " + e.getMessage());
      }
    }
    Optional<Path> folder = invocation.path("--store");
    if (folder.isPresent()) {
      config = config.withFolder(folder.get());
    }
    return config.withBackgroundWork(false);
  }

  /** Works on the store, which has to be there. */
  static ExitCode onStore(Invocation invocation, Work work) throws IOException {
    StoreConfig config = config(invocation);
    if (!Files.exists(config.folder())) {
      String name = invocation.path("--store").orElse(config.folder()).toString();
      return invocation.failed(Failure.of(name, "there is no store", ExitCode.STALE), name);
    }
    return onStore(invocation, config, work);
  }

  /** Works on the store, and makes it if it is not there. */
  static ExitCode onNewStore(Invocation invocation, Work work) throws IOException {
    return onStore(invocation, config(invocation), work);
  }

  private static ExitCode onStore(Invocation invocation, StoreConfig config, Work work)
      throws IOException {
    String name = invocation.path("--store").orElse(config.folder()).toString();
    try (Store store = Store.open(config)) {
      return work.run(store);
    } catch (IOException e) {
      return invocation.failed(e, name);
    }
  }
}
