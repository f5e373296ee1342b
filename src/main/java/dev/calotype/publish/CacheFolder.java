package dev.calotype.publish;

import java.nio.file.Path;
import java.util.Optional;

/** Where this machine keeps what is only worth time: below the user's cache folder. */
public final class CacheFolder {
  private CacheFolder() {}

  /**
   * The folder of one kind of state; nobody made it yet.
   *
   * @param name its name below the cache folder
   * @param property a system property that names another folder
   * @return empty if the user has no home
   */
  public static Optional<Path> of(String name, String property) {
    String set = System.getProperty(property);
    if (set != null) {
      return Optional.of(Path.of(set));
    }
    String cache = System.getenv("XDG_CACHE_HOME");
    if (cache != null && cache.startsWith("/")) {
      return Optional.of(Path.of(cache, "calotype", name));
    }
    String home = System.getProperty("user.home");
    return home == null ? Optional.empty() : Optional.of(Path.of(home, ".cache", "calotype", name));
  }
}
