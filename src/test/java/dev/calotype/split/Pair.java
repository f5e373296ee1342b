package dev.calotype.split;

import dev.calotype.ji.CodeObject;
import dev.calotype.ji.DataFile;
import dev.calotype.ji.DataId;
import dev.calotype.ji.Expectations;
import dev.calotype.ji.Tier;
import dev.calotype.ji.Validity;
import dev.calotype.ji.WriteOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Both halves of an image that tests split.
 *
 * @param data the data file
 * @param code the code object
 * @param id the content id of the data
 */
record Pair(Path data, Path code, DataId id) {
  private static final WriteOptions OPTIONS = WriteOptions.standard().withReplace(true);

  /** Splits an image into two files in {@code folder}. */
  static Pair split(Path image, Path folder, String... sections) {
    Path data = folder.resolve(image.getFileName() + ".ji");
    Path code = folder.resolve(image.getFileName() + ".code");
    try (Split split = Split.plan(image, List.of(sections))) {
      return new Pair(data, code, split.write(data, code, OPTIONS));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Joins the halves as {@code target}. */
  long join(Path target) throws IOException {
    try (Validity data = DataFile.check(data(), Expectations.none());
        Validity code = CodeObject.check(code(), Expectations.none())) {
      return Join.join((Validity.Fresh) data, (Validity.FreshCode) code, target, OPTIONS, _ -> {});
    }
  }

  /** The verdict on the data half, in full. */
  Validity checkData() throws IOException {
    try (Validity validity = DataFile.check(data, Expectations.none().withTier(Tier.FULL))) {
      return validity;
    }
  }

  /** The verdict on the code half, in full, as one that belongs to this data. */
  Validity checkCode() throws IOException {
    Expectations expectations = Expectations.none().withTier(Tier.FULL).withDataId(id);
    try (Validity validity = CodeObject.check(code, expectations)) {
      return validity;
    }
  }
}
