package dev.calotype.load;

import dev.calotype.ji.CodeObject;
import dev.calotype.ji.DataFile;
import dev.calotype.ji.Expectations;
import dev.calotype.ji.Tier;
import dev.calotype.ji.Validity;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/** Loads in child JVMs, where a wrong step may end the JVM. */
final class Loads {
  private static final MethodHandle SAME = MethodHandles.identity(long.class);

  private Loads() {}

  /** Something done to the files. */
  interface Step {
    void run() throws IOException;
  }

  /**
   * Checks both halves at a tier, does something, loads, does something more, calls.
   *
   * @return what the code says the total is, or the name of the exception that was thrown
   */
  static String total(
      Path data, Path code, Tier tier, UnaryOperator<Loader> how, Step between, Step after)
      throws IOException {
    Expectations asked = Expectations.none().withTier(tier);
    try (Validity one = DataFile.check(data, asked);
        Validity two = CodeObject.check(code, asked);
        Arena arena = Arena.ofShared()) {
      if (!(one instanceof Validity.Fresh fresh) || !(two instanceof Validity.FreshCode other)) {
        return one instanceof Validity.Fresh
            ? two.getClass().getSimpleName()
            : one.getClass().getSimpleName();
      }
      between.run();
      Loader loader = how.apply(Loader.of(fresh).withImport("scale", SAME));
      if (!(loader.load(other, arena) instanceof Loading.Loaded loaded)) {
        return "Refused";
      }
      after.run();
      return String.valueOf(
          (long) loaded.code().function("total", "(J)J").invokeExact((long) LoadFixture.COUNT));
    } catch (IOException | RuntimeException e) {
      return e.getClass().getSimpleName();
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }
}
