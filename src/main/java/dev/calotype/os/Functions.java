package dev.calotype.os;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/** Functions of loaded code as method handles, and the other way round. */
public final class Functions {
  private Functions() {}

  /** Makes the way to the C library, which the first native call would make. */
  public static void prepare() {
    Errno.ofThread();
    Call.prepare();
  }

  /** A handle that calls the function at an address, while the address's scope is alive. */
  public static MethodHandle handle(MemorySegment function, FunctionDescriptor type) {
    return Linker.nativeLinker().downcallHandle(function, type);
  }

  /** A function that calls a handle. What the handle throws ends the JVM. */
  public static MemorySegment stub(MethodHandle handle, FunctionDescriptor type, Arena arena) {
    return Linker.nativeLinker().upcallStub(handle, type, arena);
  }

  /** The functions of the C library, and of what else the JDK's own lookup has. */
  public static SymbolLookup common() {
    return Linker.nativeLinker().defaultLookup();
  }

  /** Memory at an address, dead when an arena is closed. */
  public static MemorySegment memory(long address, long size, Arena arena) {
    return MemorySegment.ofAddress(address).reinterpret(size, arena, null);
  }

  /** Memory at an address that the caller knows to be there. */
  public static MemorySegment memory(long address, long size) {
    return MemorySegment.ofAddress(address).reinterpret(size);
  }

  /** Has something done when an arena is closed. */
  public static void onClose(Arena arena, Runnable action) {
    MemorySegment.ofAddress(1).reinterpret(0, arena, _ -> action.run());
  }
}
