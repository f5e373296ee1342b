package dev.calotype.ji;

import dev.calotype.MalformedImageException;
import dev.calotype.testing.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A data file of any bytes, checked at every tier, and read if it is fresh: as it is, and with the
 * digests that let its lies come further ({@link DataFileMender}).
 */
public final class DataFileFuzzer {
  private static final long MOST_READ = 1 << 16;
  private static final Path FOLDER = Path.of("target", "fuzz");

  private static final List<Expectations> ASKED =
      List.of(
          Expectations.none().withTier(Tier.NAME),
          Expectations.none().withTier(Tier.HEADER),
          Expectations.none().withTier(Tier.FULL),
          DataFiles.expectations()
              .withTier(Tier.INPUTS)
              .withRoot("src", FOLDER)
              .withWitnesses(Optional.empty()),
          Expectations.none()
              .withOption("opt-level", "10")
              .withVariable("MODE", Optional.empty())
              .withFeatures(List.of("fma"))
              .withDataId(new DataId("ab".repeat(32))));

  private DataFileFuzzer() {}

  /** Takes an input. */
  public static void take(byte[] bytes) throws IOException {
    Files.createDirectories(FOLDER);
    look(bytes);
    look(DataFileMender.mend(bytes));
  }

  private static void look(byte[] bytes) throws IOException {
    Path file = FOLDER.resolve("input.ji");
    Bytes.write(file, bytes);
    for (Expectations asked : ASKED) {
      try (Validity validity = DataFile.check(file, asked)) {
        if (validity instanceof Validity.Fresh fresh && validity.tier() != Tier.NAME) {
          read(fresh.data());
        }
      }
    }
  }

  private static void read(DataFile data) throws IOException {
    List<DataSection> sections;
    try {
      data.origin();
      sections = data.sections();
    } catch (MalformedImageException e) {
      return;
    }
    for (DataSection section : sections) {
      if (section.size() <= MOST_READ) {
        read(section);
      }
    }
  }

  private static void read(DataSection section) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = section.map(arena);
      if (bytes.byteSize() > 0) {
        bytes.get(ValueLayout.JAVA_BYTE, bytes.byteSize() - 1);
      }
      section.load(arena);
      section.verify();
      section.read(section.size() / 2, arena.allocate(section.size() - section.size() / 2));
    } catch (MalformedImageException e) {
      // Said so.
    }
    try (InputStream stream = section.newInputStream()) {
      stream.transferTo(OutputStream.nullOutputStream());
    } catch (MalformedImageException e) {
      // Said so.
    }
  }
}
