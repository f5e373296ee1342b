/**
 * Brings a pair to life: the code of a {@link dev.calotype.ji.CodeObject}, connected to its data,
 * as functions that can be called until an {@link java.lang.foreign.Arena} is closed. It takes the
 * verdicts of a check, so that what was checked is what runs.
 *
 * <pre>{@code
 * try (Arena arena = Arena.ofShared();
 *     CodeChoice choice = CodeSet.of(fresh).pick(Host.current(), Map.of("opt-level", "3"))) {
 *   Loader loader = Loader.of(fresh).withImport("log", handle);
 *   switch (loader.load(choice.best().orElseThrow(), arena)) {
 *     case Loading.Loaded it -> it.code().function("run");
 *     case Loading.Refused no -> report(no.causes());
 *   }
 * }
 * }</pre>
 *
 * <p>On 64-bit Linux, with {@code --enable-native-access}. The protocol, what is promised of files
 * that change, and what closing keeps: docs/loading.md.
 */
@NullMarked
package dev.calotype.load;

import org.jspecify.annotations.NullMarked;
