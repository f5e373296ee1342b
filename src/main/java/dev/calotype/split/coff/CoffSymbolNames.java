package dev.calotype.split.coff;

import dev.calotype.bytes.ByteView;
import dev.calotype.split.object.Choosing.NamedPlace;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The names of an object's symbols that are in sections, but for the sections' own. */
final class CoffSymbolNames {
  private CoffSymbolNames() {}

  static List<NamedPlace> of(CoffObject object) {
    List<NamedPlace> places = new ArrayList<>();
    long next = 0;
    for (long i = 0; i < object.symbolCount(); i = next) {
      next = i + 1 + object.auxiliaries(i);
      int section = object.symbolSection(i);
      if (section >= 0 && !object.isSectionDefinition(i)) {
        places.add(new NamedPlace(name(object, i), section));
      }
    }
    return places;
  }

  private static String name(CoffObject object, long index) {
    ByteView view = object.view();
    long at = object.symbolAt(index);
    if (view.u32(at, "symbol table") != 0) {
      StringBuilder name = new StringBuilder();
      for (int i = 0; i < 8 && view.u8(at + i, "symbol table") != 0; i++) {
        name.append((char) view.u8(at + i, "symbol table"));
      }
      byte[] bytes = name.toString().getBytes(StandardCharsets.ISO_8859_1);
      return new String(bytes, StandardCharsets.UTF_8);
    }
    long strings = object.symbols() + object.symbolCount() * CoffObject.SYMBOL_SIZE;
    long offset = view.u32(at + 4, "symbol table");
    if (offset >= object.stringsSize()) {
      throw view.malformed(
          "symbol table",
          at,
          "name offset 0x%x".formatted(offset),
          "one within a string table of %d bytes".formatted(object.stringsSize()));
    }
    return view.string(strings + offset, strings + object.stringsSize(), "string table");
  }
}
