package dev.calotype.ji;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostTest {
  @TempDir Path folder;

  @Test
  void thisMachineIsWhatTheSystemsOwnToolsSay() {
    Host host = Host.current();
    String pageSize = Run.of(Tools.require("getconf"), "PAGESIZE").succeeded().out().strip();
    assertThat(host.pageSize()).isEqualTo(Long.parseLong(pageSize));
    String machine = Run.of(Tools.require("uname"), "-m").succeeded().out().strip();
    assertThat(host.target()).isEqualTo(machine + "-elf");
    assertThat(host.features()).isNotEmpty();
    if (machine.equals("x86_64")) {
      // GCC takes the processor's word for it, by another way.
      String options =
          Run.of(Tools.require("gcc"), "-march=native", "-Q", "--help=target").succeeded().out();
      for (String feature : new String[] {"avx2", "sse4_2", "bmi2", "avx512f"}) {
        String option = "-m" + feature.replace("sse4_", "sse4.");
        boolean enabled = options.matches("(?s).*\\s" + option + "\\s+\\[enabled\\].*");
        assertThat(host.features().contains(feature)).as(feature).isEqualTo(enabled);
      }
    }
  }

  @Test
  void levelsOfX86NeedAllOfTheirFeaturesAndTheLevelBelow() {
    Set<String> v2 =
        Set.of("sse2", "cx16", "lahf_lm", "popcnt", "pni", "sse4_1", "sse4_2", "ssse3");
    assertThat(CpuLevels.with(v2)).contains("x86-64-v2").doesNotContain("x86-64-v3");
    Set<String> v3only =
        Set.of("sse2", "avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe", "xsave");
    assertThat(CpuLevels.with(v3only)).doesNotContain("x86-64-v2", "x86-64-v3");
    assertThat(CpuLevels.with(Set.of("asimd"))).containsExactly("asimd");
  }

  @Test
  void levelsOfArmNeedAllOfTheirFeaturesAndTheLevelBelow() {
    Set<String> one = Set.of("asimd", "crc32", "atomics", "asimdrdm");
    assertThat(CpuLevels.with(one)).contains("armv8.1-a").doesNotContain("armv8.2-a");
    assertThat(CpuLevels.with(Set.of("asimd", "dcpop"))).doesNotContain("armv8.2-a");
  }

  @Test
  void aLevelStandsForItsFeaturesAndTheLevelsBelow() {
    assertThat(CpuLevels.implied(Set.of("x86-64-v3", "avx512f")))
        .contains("x86-64-v2", "x86-64-v3", "sse2", "avx2", "avx512f")
        .doesNotContain("x86-64-v4", "avx512bw", "asimd");
    assertThat(CpuLevels.implied(Set.of("armv8.2-a"))).contains("armv8.1-a", "atomics", "dcpop");
  }

  @Test
  void featuresAreThoseOfTheFirstProcessorOfEitherArchitecture() throws IOException {
    Path x86 = Files.writeString(folder.resolve("x86"), "processor\t: 0\nflags\t\t: fpu  sse2\n");
    assertThat(Host.features(x86)).containsExactlyInAnyOrder("fpu", "sse2");
    Path arm = Files.writeString(folder.resolve("arm"), "processor\t: 0\nFeatures\t: fp asimd\n");
    assertThat(Host.features(arm)).containsExactlyInAnyOrder("asimd", "fp");
    assertThat(Host.features(folder.resolve("none"))).isEmpty();
  }

  @Test
  void thePageSizeIsThatOfTheAuxiliaryVector() throws IOException {
    ByteBuffer words = ByteBuffer.allocate(48).order(ByteOrder.nativeOrder());
    words.putLong(33).putLong(7).putLong(6).putLong(65_536).putLong(0).putLong(0);
    Path auxv = Files.write(folder.resolve("auxv"), words.array());
    assertThat(Host.pageSize(auxv, "x86_64")).isEqualTo(65_536);
    assertThat(Host.pageSize(folder.resolve("none"), "x86_64")).isEqualTo(4_096);
    assertThat(Host.pageSize(folder.resolve("none"), "aarch64")).isEqualTo(16_384);
  }
}
