package dev.calotype.ji;

import java.util.Optional;

/**
 * What a caller asks of a file before using it. What is not asked is not compared.
 *
 * @param tier how far to look
 * @param dataId the content: a data file's own, or the content a code object belongs to
 * @param target the target's id, {@code x86_64-elf} for example
 * @param compiler the compiler's identity, compared as text
 */
public record Expectations(
    Tier tier, Optional<DataId> dataId, Optional<String> target, Optional<String> compiler) {

  /** Asks only that the file is whole as far as the header tier sees. */
  public static Expectations none() {
    return new Expectations(Tier.HEADER, Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** The same, looking as far as {@code tier}. */
  public Expectations withTier(Tier tier) {
    return new Expectations(tier, dataId, target, compiler);
  }

  /** The same, asking for this content. */
  public Expectations withDataId(DataId id) {
    return new Expectations(tier, Optional.of(id), target, compiler);
  }

  /** The same, asking for this target. */
  public Expectations withTarget(String id) {
    return new Expectations(tier, dataId, Optional.of(id), compiler);
  }

  /** The same, asking for this compiler. */
  public Expectations withCompiler(String identity) {
    return new Expectations(tier, dataId, target, Optional.of(identity));
  }
}
