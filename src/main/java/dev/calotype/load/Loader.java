package dev.calotype.load;

import dev.calotype.ji.Cause;
import dev.calotype.ji.CodeFunction;
import dev.calotype.ji.Expectations;
import dev.calotype.ji.Host;
import dev.calotype.ji.LinkedNote;
import dev.calotype.ji.Validity;
import dev.calotype.os.Functions;
import dev.calotype.os.NativeAccess;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;

/**
 * Loads code objects of a data file. Immutable: start with {@link #of}, add with the {@code with}
 * methods. Safe for use by several threads. docs/loading.md is the protocol.
 */
public final class Loader {
  private final Validity.Fresh data;
  private final Imports imports;
  private final Host host;
  private final boolean isPrivate;
  private final boolean isFull;

  private Loader(
      Validity.Fresh data, Imports imports, Host host, boolean isPrivate, boolean isFull) {
    this.data = data;
    this.imports = imports;
    this.host = host;
    this.isPrivate = isPrivate;
    this.isFull = isFull;
  }

  /**
   * Loads code of this data.
   *
   * @param data has to stay open while this is used; what was loaded does not need it
   */
  public static Loader of(Validity.Fresh data) {
    return new Loader(data, Imports.none(), ThisHost.HOST, false, false);
  }

  /**
   * Makes ready what the first load of a JVM would otherwise wait for, some tens of milliseconds.
   * Worth a thread of its own where the caller has other things to do first. Does nothing without
   * native access, or when it was done before.
   */
  public static void prepare() {
    if (NativeAccess.isEnabled()) {
      Functions.prepare();
    }
  }

  /** Asked for once: Linux measures its processors for {@code /proc/cpuinfo}, for milliseconds. */
  private static final class ThisHost {
    static final Host HOST = Host.current();
  }

  /**
   * The same, offering a function in memory to an import.
   *
   * @param type what the function is, {@code (PJ)I} for example: it has to be the import's type
   * @param function has to stay there as long as the code is loaded
   */
  public Loader withImport(String name, String type, MemorySegment function) {
    return with(imports.with(name, new Imports.Offer.Native(function, type)));
  }

  /**
   * The same, offering a function of another loaded code object.
   *
   * @param function which one; it has to be declared there
   * @param code has to be loaded as long as what is loaded with this
   */
  public Loader withImport(String name, LoadedCode code, String function) {
    CodeFunction declared =
        code.functions().stream()
            .filter(it -> it.name().equals(function))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("no function " + function));
    MemorySegment symbol =
        code.symbol(function)
            .orElseThrow(() -> new IllegalArgumentException("no symbol " + function));
    return withImport(name, declared.type(), symbol);
  }

  /**
   * The same, offering a method to an import: it has to be of exactly the import's type. An
   * exception that it throws ends the JVM.
   */
  public Loader withImport(String name, MethodHandle handle) {
    return with(imports.with(name, new Imports.Offer.Java(handle)));
  }

  /**
   * The same, looking for all other imports there by their names. Nothing can check the types of
   * what is found.
   */
  public Loader withLibrary(SymbolLookup library) {
    return with(imports.withRest(library));
  }

  /** The same, looking for all other imports in the C library. */
  public Loader withCLibrary() {
    NativeAccess.require("binding functions of the C library");
    return withLibrary(Functions.common());
  }

  /** The same for another machine than {@link Host#current()} says this is. */
  public Loader withHost(Host host) {
    return new Loader(data, imports, host, isPrivate, isFull);
  }

  /** The same, running copies in sealed memory that nobody can change: docs/loading.md. */
  public Loader withPrivateCopy() {
    return new Loader(data, imports, host, true, isFull);
  }

  /** The same, verifying every byte of the data before anything is loaded. */
  public Loader withFullCheck() {
    return new Loader(data, imports, host, isPrivate, true);
  }

  /**
   * Loads code. Nothing of it runs unless all of it is right, as far as docs/loading.md promises.
   *
   * @param code need not stay open once it is loaded
   * @param arena what is loaded goes when it is closed
   * @return what was loaded, or why not
   * @throws dev.calotype.RefusedException if it can't be loaded in its shape, or the dynamic loader
   *     refuses it
   * @throws dev.calotype.MalformedImageException if a half is damaged
   * @throws IOException if a file can't be read or mapped
   * @throws IllegalCallerException without {@code --enable-native-access}
   * @throws UnsupportedOperationException on other systems than 64-bit Linux
   */
  public Loading load(Validity.FreshCode code, Arena arena) throws IOException {
    NativeAccess.require("loading code");
    List<Cause> causes = causes(code);
    if (!causes.isEmpty()) {
      return new Loading.Refused(code.file(), causes);
    }
    Closing closing = new Closing();
    boolean done = false;
    try {
      LoadedCode loaded = load(code, arena, closing);
      Functions.onClose(arena, closing::closeQuietly);
      done = true;
      return new Loading.Loaded(loaded);
    } finally {
      if (!done) {
        closing.close();
      }
    }
  }

  private List<Cause> causes(Validity.FreshCode code) throws IOException {
    Expectations asked = Expectations.none().withDataId(data.data().id()).withHost(host);
    List<Cause> causes = new ArrayList<>(code.code().compare(asked));
    if (code.code().note() instanceof LinkedNote note) {
      causes.addAll(imports.unbound(note.imports()));
      causes.addAll(Connections.missing(note, data.data()));
    }
    return causes;
  }

  private LoadedCode load(Validity.FreshCode code, Arena arena, Closing closing)
      throws IOException {
    String name = code.file().toString();
    if (!isPrivate) {
      if (isFull) {
        PrivateCopy.verify(data);
      }
      return new Bringing(data, code, imports, arena, closing, name).bring();
    }
    boolean isOne = code.code().file().isSame(data.data().file());
    Validity.FreshCode codeCopy = PrivateCopy.of(code, closing);
    Validity.Fresh dataCopy =
        isOne ? PrivateCopy.within(data, codeCopy, closing) : PrivateCopy.of(data, closing);
    return new Bringing(dataCopy, codeCopy, imports, arena, closing, name).bring();
  }

  private Loader with(Imports imports) {
    return new Loader(data, imports, host, isPrivate, isFull);
  }
}
