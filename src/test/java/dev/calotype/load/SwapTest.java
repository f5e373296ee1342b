package dev.calotype.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.ji.Tier;
import dev.calotype.testing.NativeOnly;
import dev.calotype.testing.NativeWay;
import dev.calotype.testing.Run;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that change between check and load, and after: docs/loading.md, "Promises". */
@NativeOnly
class SwapTest {
  private static final String RIGHT = Long.toString(LoadFixture.total());

  @TempDir Path folder;

  @Test
  void whatWasPromisedOfFilesThatChangeIsKept() throws IOException {
    LoadFixture fixture = new LoadFixture(folder);
    Path data = fixture.data();
    Path slots = fixture.slots(data);
    Path hole = fixture.hole(data);
    for (Path code : List.of(slots, hole)) {
      Run run =
          Run.java(NativeWay.enabling(), Swaps.class, data.toString(), code.toString()).succeeded();
      assertThat(run.out().lines())
          .as(code.toString())
          .containsExactly(
              "untouched " + RIGHT,
              "replaced between " + RIGHT,
              "removed between " + RIGHT,
              "code rewritten between MalformedImageException",
              "data rewritten between, full MalformedImageException",
              "code truncated between true",
              "data truncated between, full true",
              "replaced after " + RIGHT,
              "private, replaced between " + RIGHT,
              "private, code rewritten between MalformedImageException",
              "private, data rewritten between MalformedImageException",
              "private, rewritten after " + RIGHT,
              "private, truncated after " + RIGHT);
    }
  }

  /** All of it, in one JVM that has to live to the end. */
  static final class Swaps {
    private final Path data;
    private final Path code;
    private final byte[] dataBytes;
    private final byte[] codeBytes;

    private Swaps(Path data, Path code) throws IOException {
      this.data = data;
      this.code = code;
      this.dataBytes = Files.readAllBytes(data);
      this.codeBytes = Files.readAllBytes(code);
    }

    public static void main(String[] arguments) throws IOException {
      new Swaps(Path.of(arguments[0]), Path.of(arguments[1])).run();
    }

    private void run() throws IOException {
      UnaryOperator<Loader> plain = it -> it;
      Loads.Step nothing = () -> {};
      show("untouched", plain, nothing, nothing);
      show("replaced between", plain, this::replaceBoth, nothing);
      show("removed between", plain, this::removeBoth, nothing);
      show("code rewritten between", plain, () -> rewrite(code), nothing);
      show("data rewritten between, full", Loader::withFullCheck, () -> rewrite(data), nothing);
      // Which exception it is depends on what is missed first.
      System.out.println("code truncated between " + isCaught(plain, () -> truncate(code)));
      System.out.println(
          "data truncated between, full " + isCaught(Loader::withFullCheck, () -> truncate(data)));
      show("replaced after", plain, nothing, this::replaceBoth);
      show("private, replaced between", Loader::withPrivateCopy, this::replaceBoth, nothing);
      show(
          "private, code rewritten between", Loader::withPrivateCopy, () -> rewrite(code), nothing);
      show(
          "private, data rewritten between", Loader::withPrivateCopy, () -> rewrite(data), nothing);
      show("private, rewritten after", Loader::withPrivateCopy, nothing, this::rewriteBoth);
      show("private, truncated after", Loader::withPrivateCopy, nothing, this::truncateBoth);
      restore();
    }

    private void show(String what, UnaryOperator<Loader> how, Loads.Step between, Loads.Step after)
        throws IOException {
      restore();
      System.out.println(what + " " + Loads.total(data, code, Tier.HEADER, how, between, after));
    }

    private boolean isCaught(UnaryOperator<Loader> how, Loads.Step between) throws IOException {
      restore();
      String answer = Loads.total(data, code, Tier.HEADER, how, between, () -> {});
      return answer.endsWith("Exception");
    }

    /** New files, so that no inode was loaded before. */
    private void restore() throws IOException {
      Files.deleteIfExists(data);
      Files.deleteIfExists(code);
      Files.write(data, dataBytes);
      Files.write(code, codeBytes);
    }

    private void replaceBoth() throws IOException {
      for (Path half : List.of(data, code)) {
        byte[] wrong = new byte[1 << 16];
        Arrays.fill(wrong, (byte) 0xcc);
        Path other = Files.write(half.resolveSibling("other"), wrong);
        Files.move(other, half, StandardCopyOption.ATOMIC_MOVE);
      }
    }

    private void removeBoth() throws IOException {
      Files.delete(data);
      Files.delete(code);
    }

    private void rewriteBoth() throws IOException {
      rewrite(data);
      rewrite(code);
    }

    private void truncateBoth() throws IOException {
      truncate(data);
      truncate(code);
    }

    /** The second half of the bytes, in place. */
    private static void rewrite(Path half) throws IOException {
      byte[] bytes = Files.readAllBytes(half);
      Arrays.fill(bytes, bytes.length / 2, bytes.length, (byte) 0xcc);
      try (FileChannel channel = FileChannel.open(half, StandardOpenOption.WRITE)) {
        channel.write(ByteBuffer.wrap(bytes), 0);
      }
    }

    private static void truncate(Path half) throws IOException {
      try (FileChannel channel = FileChannel.open(half, StandardOpenOption.WRITE)) {
        channel.truncate(100);
      }
    }
  }
}
