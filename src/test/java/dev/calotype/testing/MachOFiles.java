package dev.calotype.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** Mach-O files made here by Clang and LLD from {@code macho.c} and two stubs of libraries. */
public final class MachOFiles {
  private MachOFiles() {}

  /** Compiles {@code macho.c} for an architecture as Apple names it, {@code arm64} for example. */
  public static Path object(Path folder, String architecture, String... more) {
    Path object = folder.resolve(architecture + ".o");
    List<String> options =
        new ArrayList<>(List.of("-c", "-g", "-ffreestanding", "--target=" + triple(architecture)));
    if (architecture.equals("x86_64") || architecture.equals("arm64")) {
      options.add("-DHAS_THREAD_LOCALS");
    }
    options.addAll(List.of(more));
    Libraries.compile("clang-19", folder, "macho.c", object, options);
    return object;
  }

  private static String triple(String architecture) {
    boolean isPhone = architecture.startsWith("arm") && !architecture.startsWith("arm64");
    return architecture + (isPhone ? "-apple-ios9" : "-apple-macos11");
  }

  /** Links that object into a library that needs two others. */
  public static Path library(Path folder, String architecture, String... more) {
    List<String> options = new ArrayList<>();
    options.addAll(List.of("-dylib", "-undefined", "dynamic_lookup"));
    options.addAll(List.of("-install_name", "@rpath/libmacho.dylib", "-rpath", "@loader_path/x"));
    options.addAll(List.of("-rpath", "/opt/y", "-weak_library"));
    options.add(resource(folder, "other.tbd").toString());
    options.addAll(List.of(more));
    return link(folder, architecture, "libmacho.dylib", options);
  }

  /** Links that object into an executable that starts at {@code answer}. */
  public static Path executable(Path folder, String architecture, String... more) {
    List<String> options =
        new ArrayList<>(List.of("-e", "_answer", "-undefined", "dynamic_lookup"));
    options.addAll(List.of(more));
    return link(folder, architecture, "macho", options);
  }

  private static Path link(Path folder, String architecture, String name, List<String> options) {
    Path linked = folder.resolve(architecture + "-" + name);
    List<String> command = new ArrayList<>();
    command.addAll(List.of(Tools.require("ld64.lld-19"), "-arch", architecture));
    command.addAll(List.of("-platform_version", "macos", "11.0", "12.3.1"));
    command.addAll(List.of("-o", linked.toString(), object(folder, architecture).toString()));
    command.add(resource(folder, "provider.tbd").toString());
    command.addAll(options);
    Run.of(Map.of(), command).succeeded();
    return linked;
  }

  /** Puts files for several architectures into a fat one. */
  public static Path fat(Path folder, String name, boolean isWide, Path... files) {
    Path fat = folder.resolve(name);
    List<String> command = new ArrayList<>();
    command.addAll(List.of(Tools.require("llvm-lipo-19"), "-create"));
    if (isWide) {
      command.add("-fat64");
    }
    command.addAll(Stream.of(files).map(Path::toString).toList());
    command.addAll(List.of("-output", fat.toString()));
    Run.of(Map.of(), command).succeeded();
    return fat;
  }

  /**
   * A copy of a little-endian object in the other byte order, said to be for PowerPC: nobody's
   * compiler makes those any more.
   */
  public static Path bigEndian(Path object) {
    ByteBuffer from = ByteBuffer.wrap(Bytes.read(object)).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer to = ByteBuffer.wrap(Bytes.read(object)).order(ByteOrder.BIG_ENDIAN);
    boolean isWide = from.getInt(0) == 0xfeedfacf;
    int at = isWide ? 32 : 28;
    swap(from, to, 0, at);
    to.putInt(4, isWide ? 0x01000012 : 18).putInt(8, 0);
    for (int left = from.getInt(16); left > 0; left--) {
      int type = from.getInt(at);
      int size = from.getInt(at + 4);
      if (type == (isWide ? 0x19 : 1)) {
        swap(from, to, at, 8);
        swapPlaces(from, to, at + 24, 4, isWide);
        int sections = at + (isWide ? 72 : 56);
        swap(from, to, sections - 16, 16);
        for (int i = 0; i < from.getInt(sections - 8); i++) {
          int section = sections + i * (isWide ? 80 : 68);
          swapPlaces(from, to, section + 32, 2, isWide);
          int rest = section + (isWide ? 48 : 40);
          swap(from, to, rest, 28);
          swapRelocations(from, to, from.getInt(rest + 8), from.getInt(rest + 12));
        }
      } else {
        swap(from, to, at, size);
      }
      if (type == 2) {
        for (int i = 0; i < from.getInt(at + 12); i++) {
          int symbol = from.getInt(at + 8) + i * (isWide ? 16 : 12);
          swap(from, to, symbol, 4);
          to.putShort(symbol + 6, from.getShort(symbol + 6));
          swapPlaces(from, to, symbol + 8, 1, isWide);
        }
      }
      at += size;
    }
    Path swapped = object.resolveSibling(object.getFileName() + ".big");
    Bytes.write(swapped, to.array());
    return swapped;
  }

  private static void swap(ByteBuffer from, ByteBuffer to, int at, int size) {
    for (int i = at; i < at + size; i += 4) {
      to.putInt(i, from.getInt(i));
    }
  }

  private static void swapPlaces(
      ByteBuffer from, ByteBuffer to, int at, int count, boolean isWide) {
    for (int i = 0; i < count; i++) {
      if (isWide) {
        to.putLong(at + i * 8, from.getLong(at + i * 8));
      } else {
        to.putInt(at + i * 4, from.getInt(at + i * 4));
      }
    }
  }

  /** The bit fields of relocations that are not scattered begin at the other end, too. */
  private static void swapRelocations(ByteBuffer from, ByteBuffer to, int at, int count) {
    for (int i = 0; i < count; i++) {
      int place = at + i * 8;
      swap(from, to, place, 8);
      int fields = from.getInt(place + 4);
      if (from.getInt(place) >= 0) {
        to.putInt(
            place + 4,
            fields << 8
                | (fields >>> 24 & 1) << 7
                | (fields >>> 25 & 3) << 5
                | (fields >>> 27 & 1) << 4
                | fields >>> 28);
      }
    }
  }

  private static Path resource(Path folder, String name) {
    Path copy = folder.resolve(name);
    try (InputStream stream =
        Objects.requireNonNull(MachOFiles.class.getResourceAsStream(name), name)) {
      Files.copy(stream, copy, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return copy;
  }
}
