package dev.calotype.load;

import dev.calotype.ji.Cause;
import dev.calotype.ji.ImportCell;
import dev.calotype.os.Functions;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is offered to the imports of code, by name. Immutable. */
final class Imports {
  /** A function for an import. */
  sealed interface Offer {
    /** One that is there, of a type that its owner says. */
    record Native(MemorySegment function, String type) implements Offer {}

    /** One in Java. */
    record Java(MethodHandle handle) implements Offer {}
  }

  private final Map<String, Offer> offers;
  private final Optional<SymbolLookup> rest;

  private Imports(Map<String, Offer> offers, Optional<SymbolLookup> rest) {
    this.offers = offers;
    this.rest = rest;
  }

  static Imports none() {
    return new Imports(Map.of(), Optional.empty());
  }

  Imports with(String name, Offer offer) {
    Map<String, Offer> more = new HashMap<>(offers);
    more.put(name, offer);
    return new Imports(Map.copyOf(more), rest);
  }

  Imports withRest(SymbolLookup lookup) {
    return new Imports(offers, Optional.of(lookup));
  }

  /** Which imports can't be bound. */
  List<Cause> unbound(List<ImportCell> cells) {
    List<Cause> causes = new ArrayList<>();
    for (ImportCell cell : cells) {
      Offer offer = offers.get(cell.name());
      // A switch over types costs a JVM milliseconds when it first comes there.
      if (offer instanceof Offer.Native it) {
        if (!it.type().equals(cell.type())) {
          causes.add(wrong(cell, it.type()));
        }
      } else if (offer instanceof Offer.Java it) {
        if (!isOf(it.handle(), cell.type())) {
          causes.add(wrong(cell, it.handle().type().toString()));
        }
      } else if (rest.isEmpty() || rest.get().find(cell.name()).isEmpty()) {
        causes.add(new Cause(Cause.Code.IMPORT_UNBOUND, cell.name(), cell.type(), ""));
      }
    }
    return causes;
  }

  /** The address for a cell that can be bound. */
  long address(ImportCell cell, Arena arena) {
    Offer offer = offers.get(cell.name());
    if (offer instanceof Offer.Native it) {
      return it.function().address();
    }
    if (offer instanceof Offer.Java it) {
      FunctionDescriptor type = FunctionType.of(cell.type()).orElseThrow();
      return Functions.stub(it.handle(), type, arena).address();
    }
    return rest.orElseThrow().findOrThrow(cell.name()).address();
  }

  private static boolean isOf(MethodHandle handle, String type) {
    return FunctionType.of(type)
        .map(FunctionDescriptor::toMethodType)
        .filter(handle.type()::equals)
        .isPresent();
  }

  private static Cause wrong(ImportCell cell, String type) {
    return new Cause(Cause.Code.IMPORT_TYPE, cell.name(), cell.type(), type);
  }
}
