package dev.calotype.publish;

import dev.calotype.bytes.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Remembers, for this machine and this boot, which files published {@link
 * dev.calotype.Durability#FAST fast} are known to be whole: those published since the machine
 * started and those verified in full since.
 *
 * <p>An empty marker file for each, in a folder named after the boot. Losing markers is safe: the
 * file is verified once more. So every failure here is silent.
 */
public final class BootRecord {
  /** Names another folder for the markers, for tests and for services without a home. */
  public static final String FOLDER_PROPERTY = "dev.calotype.bootRecord";

  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

  private BootRecord() {}

  /** Notes that {@code file}, as it is now, is whole. */
  public static void remember(Path file) {
    try {
      Optional<Path> boot = bootFolder();
      if (boot.isPresent()) {
        if (!Files.isDirectory(boot.get())) {
          Files.createDirectories(boot.get());
          removeOtherBoots(boot.get());
        }
        Files.createFile(boot.get().resolve(witness(file)));
      }
    } catch (FileAlreadyExistsException e) {
      // Remembered before.
    } catch (IOException e) {
      // Not remembered: the next check verifies in full.
    }
  }

  /** Whether {@code file}, as it is now, was remembered since the machine started. */
  public static boolean isRemembered(Path file) {
    try {
      Optional<Path> boot = bootFolder();
      return boot.isPresent() && Files.exists(boot.get().resolve(witness(file)));
    } catch (IOException e) {
      return false;
    }
  }

  /** The name of a file's marker: what tells this file, as it is now, from any other. */
  private static String witness(Path file) throws IOException {
    Map<String, Object> facts = Files.readAttributes(file, "unix:dev,ino,size,lastModifiedTime");
    String text =
        "%s %s %s %s"
            .formatted(
                facts.get("dev"),
                facts.get("ino"),
                facts.get("size"),
                facts.get("lastModifiedTime"));
    return HexFormat.of().formatHex(Sha256.of(text.getBytes(StandardCharsets.UTF_8)), 0, 16);
  }

  private static Optional<Path> bootFolder() throws IOException {
    Optional<Path> folder = CacheFolder.of("boot", FOLDER_PROPERTY);
    if (folder.isEmpty() || !Files.isReadable(BOOT_ID)) {
      return Optional.empty();
    }
    return Optional.of(folder.get().resolve(Files.readString(BOOT_ID).strip()));
  }

  private static void removeOtherBoots(Path current) throws IOException {
    try (Stream<Path> boots = Files.list(current.resolveSibling(""))) {
      for (Path boot : boots.filter(other -> !other.equals(current)).toList()) {
        try (Stream<Path> markers = Files.list(boot)) {
          for (Path marker : markers.toList()) {
            Files.deleteIfExists(marker);
          }
        }
        Files.deleteIfExists(boot);
      }
    }
  }
}
