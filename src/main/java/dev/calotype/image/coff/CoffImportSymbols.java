package dev.calotype.image.coff;

import dev.calotype.image.Symbol;
import dev.calotype.image.SymbolTable;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * The symbols that an import object defines by being there.
 *
 * @param names the pointer's name first
 * @param isCode whether the second one is of a function
 */
record CoffImportSymbols(List<String> names, boolean isCode) implements SymbolTable {
  @Override
  public long count() {
    return names.size();
  }

  @Override
  public Symbol get(long index) {
    int position = (int) Objects.checkIndex(index, (long) names.size());
    return new Entry(index, names.get(position), isCode && position == 1 ? "FUNCTION" : "NULL");
  }

  @Override
  public Iterator<Symbol> iterator() {
    return IntStream.range(0, names.size()).mapToObj(this::get).iterator();
  }

  private record Entry(long index, String name, String type) implements Symbol {
    /** A copy: the first name's bytes are nowhere in the file. */
    @Override
    public MemorySegment nameBytes() {
      return MemorySegment.ofArray(name.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public long value() {
      return 0;
    }

    @Override
    public long size() {
      return 0;
    }

    @Override
    public String binding() {
      return Coff.storageClass(Coff.SYM_CLASS_EXTERNAL);
    }

    @Override
    public boolean isDefined() {
      return true;
    }

    @Override
    public boolean isGlobal() {
      return true;
    }

    @Override
    public OptionalInt section() {
      return OptionalInt.empty();
    }
  }
}
