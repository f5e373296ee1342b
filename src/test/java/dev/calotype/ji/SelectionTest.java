package dev.calotype.ji;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.calotype.testing.Bytes;
import dev.calotype.testing.EitherWay;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The right one among many data files of one name. */
@EitherWay
class SelectionTest {
  @TempDir Path folder;

  @Test
  void theOneThatIsAskedForIsFoundAndTheOthersSayWhyNot() throws IOException {
    for (int i = 0; i < 20; i++) {
      Path file = folder.resolve("Foo-%016x.ji".formatted(i));
      DataFiles.write(file, Origin.none().withTarget("target-" + i));
      // Nothing but page one is read of those that are not right.
      byte[] bytes = Files.readAllBytes(file);
      if (i % 5 != 3) {
        Bytes.writeFlipped(file, bytes, 4100, 1);
      }
    }
    Files.writeString(folder.resolve("Foo-text.ji"), "of another name");
    Files.writeString(folder.resolve("Foobar.ji"), "of another name");
    Files.writeString(folder.resolve("Foo.so"), "of another kind");
    Expectations asked = Expectations.none().withTarget("target-13").withTier(Tier.FULL);
    try (Selection selection = DataFile.select(folder, "Foo", asked)) {
      assertThat(selection.answers()).hasSize(20);
      assertThat(selection.fresh().orElseThrow().data().target()).isEqualTo("target-13");
      assertThat(selection.answers().stream().filter(Validity.Stale.class::isInstance)).hasSize(19);
    }
  }

  @Test
  void filesWhoseNamesCarryAnotherIdAreNotOpened() throws IOException {
    DataId id = DataFiles.write(folder.resolve("x"), Origin.none());
    Files.move(folder.resolve("x"), folder.resolve(DataFile.fileName("Foo", id)));
    DataFiles.write(folder.resolve("Foo.ji"), Origin.none());
    // A folder could not even be opened as a file.
    Files.createDirectory(folder.resolve("Foo-0123456789abcdef.ji"));
    try (Selection selection = DataFile.select(folder, "Foo", Expectations.none().withDataId(id))) {
      assertThat(selection.answers())
          .extracting(answer -> answer.getClass().getSimpleName(), Validity::tier)
          .containsExactlyInAnyOrder(
              tuple("Stale", Tier.NAME), tuple("Fresh", Tier.HEADER), tuple("Fresh", Tier.HEADER));
    }
  }

  @Test
  void noneIsNoError() throws IOException {
    try (Selection selection = DataFile.select(folder, "Foo", Expectations.none())) {
      assertThat(selection.answers()).isEmpty();
      assertThat(selection.fresh()).isEmpty();
    }
  }
}
