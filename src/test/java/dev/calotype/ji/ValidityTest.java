package dev.calotype.ji;

import static dev.calotype.ji.DataFiles.causes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.UnsupportedFormatException;
import dev.calotype.testing.Bytes;
import dev.calotype.testing.EitherWay;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every kind of expectation, in both directions: what is asked for, and what is not. */
@EitherWay
class ValidityTest {
  private static final DataId OTHER = new DataId("cd".repeat(32));

  @TempDir Path folder;
  private Path file = Path.of("");
  private DataId id = OTHER;

  @BeforeEach
  void write() throws IOException {
    file = folder.resolve("a.ji");
    id = DataFiles.write(file, DataFiles.origin());
  }

  @Test
  void whatWasRecordedIsMetByPageOneAlone() throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    // Tables nobody needs may be damaged at the header tier.
    Bytes.writeFlipped(file, bytes, DataFiles.tail(bytes) + 50, 1);
    assertThat(causes(file, DataFiles.expectations().withDataId(id))).isEmpty();
    assertThat(DataFiles.verdict(file, DataFiles.expectations().withCompiler("other")))
        .isEqualTo("Damaged");
  }

  @Test
  void anotherContentModuleCompilerOrTargetIsACause() throws IOException {
    Expectations met = DataFiles.expectations();
    assertThat(causes(file, met.withDataId(OTHER))).containsExactly("data-id");
    assertThat(causes(file, met.withModule("Foo 1235"))).containsExactly("module");
    assertThat(causes(file, met.withCompiler("example 1.1"))).containsExactly("compiler");
    assertThat(causes(file, met.withTarget("aarch64-elf"))).containsExactly("target");
  }

  @Test
  void whatWasNotRecordedIsACauseWhenAskedFor() throws IOException {
    Path bare = folder.resolve("bare.ji");
    DataFiles.write(bare, Origin.none());
    assertThat(causes(bare, Expectations.none())).isEmpty();
    assertThat(causes(bare, DataFiles.expectations().withInputs(List.of("@src/a"))))
        .containsExactly(
            "compiler",
            "input-unrecorded @src/a",
            "module",
            "option-missing opt-level",
            "option-missing sanitizer",
            "option-missing verbose",
            "target",
            "upstream-missing Base",
            "variable-missing MODE",
            "variable-missing NOTHING");
  }

  @Test
  void anOptionIsComparedAsItsRecordSays() throws IOException {
    Expectations met = DataFiles.expectations();
    assertThat(causes(file, met.withOption("opt-level", "1"))).isEmpty();
    assertThat(causes(file, met.withOption("opt-level", "3")))
        .containsExactly("option-value opt-level");
    assertThat(causes(file, met.withOption("sanitizer", "address")))
        .containsExactly("option-value sanitizer");
    assertThat(causes(file, met.withOption("verbose", "no"))).isEmpty();
    assertThat(causes(file, met.withOption("more", "1"))).containsExactly("option-missing more");
    assertThat(causes(file, Expectations.none().withOption("opt-level", "2")))
        .containsExactly("option-unexpected sanitizer");
  }

  @Test
  void aCallerMayCompareAnOptionInItsOwnWay() throws IOException {
    Expectations met = DataFiles.expectations();
    assertThat(causes(file, met.withOption("opt-level", "1", Comparison.EXACT)))
        .containsExactly("option-value opt-level");
    assertThat(causes(file, met.withOption("sanitizer", "x", Comparison.IGNORED))).isEmpty();
    assertThat(causes(file, met.withOption("more", "x", Comparison.IGNORED))).isEmpty();
  }

  @Test
  void atLeastComparesNumbersPartByPart() {
    for (String[] pair :
        new String[][] {{"1", "1"}, {"2", "10"}, {"1.9", "1.10"}, {"1", "1.0.0"}, {"1.0", "1"}}) {
      assertThat(Comparison.AT_LEAST.accepts(pair[0], pair[1])).as(pair[0]).isTrue();
    }
    for (String[] pair :
        new String[][] {
          {"2", "1"},
          {"1.10", "1.9"},
          {"1.0.1", "1"},
          {"a", "b"},
          {"1", "x"},
          {"", "1"},
          {"1", ""},
          {"1", "1..2"},
          {"1", "2."},
          {"1", "-2"},
          {"1", "9".repeat(101)}
        }) {
      assertThat(Comparison.AT_LEAST.accepts(pair[0], pair[1])).as(pair[1]).isFalse();
    }
  }

  @Test
  void namesAreInTheOrderOfTheirUtf8() {
    List<String> names =
        List.of(
            "",
            "a",
            "ab",
            "b",
            "\u00e9",
            "\ud7ff",
            "\ue000",
            "\uffff",
            "\ud800\udc00",
            "\ud800\udc00a",
            "\udbff\udfff");
    for (String x : names) {
      for (String y : names) {
        int expected =
            Arrays.compareUnsigned(
                x.getBytes(StandardCharsets.UTF_8), y.getBytes(StandardCharsets.UTF_8));
        assertThat(Integer.signum(Group.ORDER.compare(x, y)))
            .as("%s and %s", x, y)
            .isEqualTo(Integer.signum(expected));
      }
    }
  }

  @Test
  void neededFeaturesAreAmongTheOffered() throws IOException {
    Expectations none = Expectations.none();
    assertThat(causes(file, none.withFeatures(List.of("fma", "avx2")))).isEmpty();
    assertThat(causes(file, none.withFeatures(List.of("avx2")))).containsExactly("feature fma");
    assertThat(causes(file, none.withFeatures(Set.of())))
        .containsExactly("feature avx2", "feature fma");
    assertThat(causes(file, none.withFeatures(List.of("avx", "fma", "avx20"))))
        .containsExactly("feature avx2");
  }

  @Test
  void moreFeaturesThanFitOnPageOneAreComparedToo() throws IOException {
    Origin origin = Origin.none();
    for (int i = 0; i < 400; i++) {
      origin = origin.withFeature("feature-%03d".formatted(i));
    }
    DataFiles.write(file, origin);
    Expectations met = Expectations.none().withFeatures(origin.features());
    assertThat(causes(file, met.withTier(Tier.FULL))).isEmpty();
    assertThat(
            causes(
                file,
                met.withFeatures(
                    origin.features().stream().filter(x -> !x.endsWith("399")).toList())))
        .containsExactly("feature feature-399");
  }

  @Test
  void upstreamDataIsComparedByNameAndId() throws IOException {
    Expectations none = Expectations.none();
    assertThat(causes(file, none.withUpstream("Base", OTHER))).containsExactly("upstream-id Base");
    assertThat(causes(file, none.withUpstream("Other", OTHER)))
        .containsExactly("upstream-missing Other", "upstream-unexpected Base");
  }

  @Test
  void variablesAreComparedByNameAndWhetherTheyWereSet() throws IOException {
    Expectations met =
        Expectations.none()
            .withVariable("MODE", Optional.of("fast"))
            .withVariable("NOTHING", Optional.empty());
    assertThat(causes(file, met)).isEmpty();
    assertThat(causes(file, met.withVariable("MODE", Optional.of("slow"))))
        .containsExactly("variable-value MODE");
    assertThat(causes(file, met.withVariable("MODE", Optional.empty())))
        .containsExactly("variable-value MODE");
    assertThat(causes(file, met.withVariable("NOTHING", Optional.of(""))))
        .containsExactly("variable-value NOTHING");
    assertThat(causes(file, met.withVariable("MORE", Optional.empty())))
        .containsExactly("variable-missing MORE");
    assertThat(causes(file, Expectations.none().withVariable("MODE", Optional.of("fast"))))
        .containsExactly("variable-unexpected NOTHING");
  }

  @Test
  void aLookupAnswersForEveryRecordedVariable() throws IOException {
    Map<String, String> now = Map.of("MODE", "fast", "UNRELATED", "x");
    assertThat(causes(file, Expectations.none().withEnvironment(lookup(now)))).isEmpty();
    Map<String, String> other = Map.of("MODE", "slow", "NOTHING", "something");
    assertThat(causes(file, Expectations.none().withEnvironment(lookup(other))))
        .containsExactly("variable-value MODE", "variable-value NOTHING");
    assertThat(
            causes(
                file,
                Expectations.none()
                    .withEnvironment(lookup(other))
                    .withVariable("MODE", Optional.of("fast"))))
        .containsExactly("variable-value NOTHING");
  }

  @Test
  void aCallersOwnCheckIsACauseOfItsOwnCode() throws IOException {
    Expectations asked =
        Expectations.none()
            .withOwnCheck(
                "license",
                data ->
                    data.origin().module().startsWith("Foo")
                        ? Optional.of(new OwnCheck.Difference("free", "Foo"))
                        : Optional.empty())
            .withOwnCheck("other", _ -> Optional.empty());
    try (Validity validity = DataFile.check(file, asked)) {
      Cause cause = ((Validity.Stale) validity).causes().getFirst();
      assertThat(cause).isEqualTo(new Cause(Cause.Code.OWN, "license", "free", "Foo"));
      assertThat(cause.id()).isEqualTo("own:license");
    }
    DataFiles.write(file, Origin.none().withModule("Bar"));
    assertThat(causes(file, asked)).isEmpty();
  }

  @Test
  void allCausesAreListedAtOnceWithWhatWasExpectedAndWhatThereIs() throws IOException {
    Expectations asked =
        DataFiles.expectations()
            .withTarget("aarch64-elf")
            .withOption("opt-level", "3")
            .withVariable("MODE", Optional.empty())
            .withFeatures(List.of("avx2"));
    try (Validity validity = DataFile.check(file, asked)) {
      assertThat(((Validity.Stale) validity).causes())
          .containsExactly(
              new Cause(Cause.Code.TARGET, "aarch64-elf", "x86_64-elf"),
              new Cause(Cause.Code.OPTION_VALUE, "opt-level", "at least 3", "2"),
              new Cause(Cause.Code.FEATURE, "fma", "a host that has it", "a host that has it not"),
              new Cause(Cause.Code.VARIABLE_VALUE, "MODE", "not set", "\"fast\""));
    }
  }

  @Test
  void aWrongNameIsAnsweredWithoutOpeningTheFile() throws IOException {
    Path named = folder.resolve(DataFile.fileName("a", id));
    assertThat(named.getFileName().toString())
        .isEqualTo("a-%s.ji".formatted(id.hex().substring(0, 16)));
    Expectations byName = Expectations.none().withTier(Tier.NAME);
    // Nothing is there yet: the name alone answers.
    assertThat(causes(named, byName.withDataId(OTHER))).containsExactly("name-id");
    assertThat(DataFiles.verdict(named, byName.withDataId(id))).isEqualTo("Absent");
    Files.move(file, named);
    assertThat(causes(named, byName.withDataId(id))).isEmpty();
    assertThat(causes(named, byName)).isEmpty();
    // A name that does not say what the file is.
    Path wrong = Files.move(named, folder.resolve(DataFile.fileName("a", OTHER)));
    assertThat(causes(wrong, byName)).containsExactly("name-id");
    assertThat(causes(wrong, byName.withDataId(OTHER))).containsExactly("name-id");
    assertThat(causes(wrong, Expectations.none())).isEmpty();
    // A name without an id says nothing.
    Path plain = Files.move(wrong, folder.resolve("a-0123456789ABCDEF.ji"));
    assertThat(causes(plain, byName.withDataId(id))).isEmpty();
  }

  @Test
  void theNameTierComparesNothingElse() throws IOException {
    assertThat(causes(file, Expectations.none().withTier(Tier.NAME).withTarget("other"))).isEmpty();
  }

  @Test
  void everyCauseHasItsRowInThePageAndNoRowIsWithoutOne() throws IOException {
    String page = Files.readString(Path.of("docs/validity.md"));
    String causes = page.substring(page.indexOf("## Causes"), page.indexOf("| codes | test |"));
    List<String> rows =
        Pattern.compile("(?m)^\\| `([a-z-]+)(?::NAME)?` \\|")
            .matcher(causes)
            .results()
            .map(row -> row.group(1))
            .toList();
    assertThat(rows)
        .containsExactlyElementsOf(Arrays.stream(Cause.Code.values()).map(Cause.Code::id).toList());
  }

  @Test
  void foreignSaysOfWhichKind() throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    assertThat(kind("text".getBytes(StandardCharsets.UTF_8)))
        .isEqualTo(UnsupportedFormatException.Kind.OTHER_FORMAT);
    DataFiles.view(bytes).putShort(8, (short) 2);
    DataFileTest.fixChecksum(bytes);
    assertThat(kind(bytes)).isEqualTo(UnsupportedFormatException.Kind.TOO_NEW);
    DataFiles.view(bytes).putShort(8, (short) 0);
    DataFileTest.fixChecksum(bytes);
    assertThat(kind(bytes)).isEqualTo(UnsupportedFormatException.Kind.TOO_OLD);
  }

  @Test
  void whatCantBeRecordedIsRejectedWhenItIsGiven() {
    for (String path :
        List.of("a", "/a", "@/a", "@src", "@src/", "@src//a", "@src/../a", "@src/./a", "@s/a\0")) {
      assertThatThrownBy(() -> new Input(path, Input.Kind.MISSING, 0, ""))
          .as(path)
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> Origin.none().withFeature(""))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Origin.none().withOption("", "x", Comparison.EXACT))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private UnsupportedFormatException.Kind kind(byte[] bytes) throws IOException {
    Files.write(file, bytes);
    try (Validity validity = DataFile.check(file, Expectations.none())) {
      return ((Validity.Foreign) validity).kind();
    }
  }

  private static Function<String, Optional<String>> lookup(Map<String, String> variables) {
    return name -> Optional.ofNullable(variables.get(name));
  }
}
