package dev.calotype.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.Durability;
import dev.calotype.RefusedException;
import dev.calotype.ji.Expectations;
import dev.calotype.ji.Tier;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StoreConfigTest {
  private static final Pattern ROW =
      Pattern.compile("^\\| `([a-z-]+)` \\| ([^|]+) \\| ([^|]+) \\|", Pattern.MULTILINE);

  @TempDir Path folder;

  @Test
  void everySettingHasTheUsualValueThatThePageSays() throws IOException {
    Path page = Path.of(System.getProperty("calotype.root"), "docs", "store-config.md");
    Map<String, String> rows = new TreeMap<>();
    for (MatchResult row : ROW.matcher(Files.readString(page)).results().toList()) {
      rows.put(row.group(1), row.group(2).replace("`", "").strip());
    }
    Map<String, String> settings = new TreeMap<>();
    Map<String, String> usual = StoreConfig.standard().settings();
    for (Setting setting : Setting.values()) {
      settings.put(setting.id(), usual.getOrDefault(setting.id(), "–"));
    }
    assertThat(rows).isEqualTo(settings);
  }

  @Test
  void aFileMaySetEverything() throws Exception {
    KeyPair keys = keys();
    StoreConfig config =
        StoreConfig.read(
            toml(
                """
                [cache]
                directory = "here/store"
                durability = "fast"
                verification = "full"
                build-timeout = "90 s"
                public-key = "public.pem"
                private-key = "private.pem"
                background-work = false
                event-queue = "1 Ki"
                cleanup-interval = "2h"
                clock-drift = "1 m"
                misses-kept = 10
                size-limit = "1.5 GiB"
                size-target = "50 %"
                entry-limit = 5000
                entry-target = "60%"
                age-limit = "none"
                free-disk = "2 GB"
                compilers-kept = 3
                compiler-age-limit = "12 h"
                publish-compression = 1
                cold-compression = 22
                cold-after = "36 h"
                hot-uses = 4
                compression-minimum = 0
                compression-gain = "25 %"
                compression-timeout = "5 m"
                """));
    assertThat(config.folder()).isEqualTo(folder.resolve("here/store"));
    assertThat(config.durability()).isEqualTo(Durability.FAST);
    assertThat(config.expectations().tier()).isEqualTo(Tier.FULL);
    assertThat(config.buildTimeout()).isEqualTo(Duration.ofSeconds(90));
    assertThat(config.publicKey()).contains(keys.getPublic());
    assertThat(config.privateKey()).contains(keys.getPrivate());
    assertThat(config.backgroundWork()).isFalse();
    assertThat(config.eventQueue()).isEqualTo(1024);
    assertThat(config.cleanupInterval()).isEqualTo(Duration.ofHours(2));
    assertThat(config.clockDrift()).isEqualTo(Duration.ofMinutes(1));
    assertThat(config.missesKept()).isEqualTo(10);
    assertThat(config.sizeLimit()).isEqualTo(3L << 29);
    assertThat(config.sizeTarget()).isEqualTo(50);
    assertThat(config.entryLimit()).isEqualTo(5000);
    assertThat(config.entryTarget()).isEqualTo(60);
    assertThat(config.ageLimit()).isGreaterThan(Duration.ofDays(1_000_000));
    assertThat(config.freeDisk()).isEqualTo(2_000_000_000);
    assertThat(config.compilersKept()).isEqualTo(3);
    assertThat(config.compilerAgeLimit()).isEqualTo(Duration.ofHours(12));
    assertThat(config.publishCompression()).isEqualTo(1);
    assertThat(config.coldCompression()).isEqualTo(22);
    assertThat(config.coldAfter()).isEqualTo(Duration.ofHours(36));
    assertThat(config.hotUses()).isEqualTo(4);
    assertThat(config.compressionMinimum()).isZero();
    assertThat(config.compressionGain()).isEqualTo(25);
    assertThat(config.compressionTimeout()).isEqualTo(Duration.ofMinutes(5));
    assertThat(config.settings()).hasSize(Setting.values().length);
  }

  @Test
  void whatIsWrittenIsReadTheSame() throws IOException {
    StoreConfig config = StoreConfig.standard().withFolder(folder).withAgeLimit(Duration.ZERO);
    StoreConfig again = StoreConfig.standard();
    for (Map.Entry<String, String> setting : config.settings().entrySet()) {
      again = again.with(setting.getKey(), setting.getValue());
    }
    assertThat(again.settings()).isEqualTo(config.settings());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      value = {
        "size-limitt = 5 ! line 2, column 1: there is no setting \"size-limitt\"; did you mean"
            + " size-limit?",
        "colour = 5 ! line 2, column 1: there is no setting \"colour\"",
        "size-limit = ! line 2, column 13: unexpected end of line, expected a value",
        "size-limit = 1.5 ! line 2, column 1: size-limit must be a size like \"512 MiB\", or"
            + " \"none\"",
        "size-limit = \"-1\" ! line 2, column 1: size-limit must be a size",
        "size-limit = -1 ! line 2, column 1: size-limit must be a size",
        "size-limit = \"1 XiB\" ! line 2, column 1: size-limit must be a size",
        "size-limit = \"9000000 TiB\" ! line 2, column 1: size-limit must be a size",
        "size-limit = 99999999999999999999 ! line 2, column 14: integer is too large",
        "entry-limit = \"5 KiB\" ! line 2, column 1: entry-limit must be a number",
        "'  age-limit = 30' ! line 2, column 3: age-limit must be a time span",
        "age-limit = \"30\" ! line 2, column 1: age-limit must be a time span",
        "age-limit = \"9223372036854775807 d\" ! line 2, column 1: age-limit must be a time span",
        "age-limit = \"9000000000000000000 s\" ! line 2, column 1: age-limit must be a time span",
        "size-target = 70 ! line 2, column 1: size-target must be a share",
        "size-target = \"101 %\" ! line 2, column 1: size-target must be a share",
        "cold-compression = 23 ! line 2, column 1: cold-compression must be a level",
        "cold-compression = true ! line 2, column 1: cold-compression must be a level",
        "verification = \"name\" ! line 2, column 1: verification must be \"header\"",
        "durability = 1 ! line 2, column 1: durability must be \"durable\" or \"fast\"",
        "background-work = \"yes\" ! line 2, column 1: background-work must be true or false",
        "public-key = [1] ! line 2, column 1: public-key must be a file",
        "directory = \"\" ! line 2, column 1: directory must be a folder",
        "[other] ! line 2, column 1: \"other\" is no table of settings",
        "hot-uses = 1 # 'x\u0001' ! line 2, column 1",
      })
  void whatIsNotUnderstoodIsOneLineWithItsPlace(String line, String expected) throws IOException {
    Path file = toml("[cache]\n" + line + "\n");
    assertThatThrownBy(() -> StoreConfig.read(file))
        .isInstanceOf(RefusedException.class)
        .hasMessageStartingWith(file + ": " + expected)
        .hasMessageNotContaining("\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"cache = 5", "[[cache]]\nhot-uses = 1", "hot-uses = 1"})
  void settingsAreInTheirTable(String text) throws IOException {
    Path file = toml(text);
    assertThatThrownBy(() -> StoreConfig.read(file))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("line 1, column 1: ");
  }

  @Test
  void aFileThatWasNamedMustBeThere() {
    assertThatThrownBy(() -> StoreConfig.read(folder.resolve("none.toml")))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void anEmptyFileSetsNothing() throws IOException {
    assertThat(StoreConfig.read(toml("")).settings()).isEqualTo(StoreConfig.standard().settings());
    assertThat(StoreConfig.read(toml("[cache]")).settings())
        .isEqualTo(StoreConfig.standard().settings());
  }

  @Test
  void bytesThatAreNoTextAreRefused() throws IOException {
    Path file = Files.write(folder.resolve("a.toml"), new byte[] {'a', (byte) 0xff});
    assertThatThrownBy(() -> StoreConfig.read(file)).hasMessage(file + ": not UTF-8");
  }

  @Test
  void aFileThatHoldsNoKeyIsNamed() throws IOException {
    Path key = Files.writeString(folder.resolve("a.pem"), "-----BEGIN PUBLIC KEY-----\n");
    Path file = toml("[cache]\npublic-key = \"a.pem\"\n");
    assertThatThrownBy(() -> StoreConfig.read(file))
        .isInstanceOf(RefusedException.class)
        .hasMessage(key + ": no PEM file with a PUBLIC KEY");
    Files.writeString(key, "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n");
    assertThatThrownBy(() -> StoreConfig.read(file)).hasMessage(key + ": no public key of Ed25519");
  }

  @Test
  void aKeyToSignWithNeedsItsOtherHalf() throws Exception {
    keys();
    Path file = toml("[cache]\nprivate-key = \"private.pem\"\n");
    assertThatThrownBy(() -> StoreConfig.read(file))
        .isInstanceOf(RefusedException.class)
        .hasMessageEndingWith("private.pem: a private-key without its public-key");
  }

  @Test
  void theApiRefusesWhatAFileMayNotSay() {
    StoreConfig config = StoreConfig.standard();
    assertThatIllegalArgumentException().isThrownBy(() -> config.withSizeLimit(-1, 70));
    assertThatIllegalArgumentException().isThrownBy(() -> config.withSizeLimit(1, 101));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> config.withExpectations(Expectations.none().withTier(Tier.NAME)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> config.withAgeLimit(Duration.ofSeconds(-1)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> config.withPublishCompression(23))
        .withMessageStartingWith("publish-compression of 23");
    assertThatIllegalArgumentException().isThrownBy(() -> config.with("sizes", "1"));
    assertThatIllegalArgumentException().isThrownBy(() -> config.with("size-limit", "much"));
  }

  private Path toml(String text) throws IOException {
    return Files.writeString(folder.resolve("config.toml"), text);
  }

  private KeyPair keys() throws IOException, NoSuchAlgorithmException {
    KeyPair keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    pem("public.pem", "PUBLIC KEY", keys.getPublic().getEncoded());
    pem("private.pem", "PRIVATE KEY", keys.getPrivate().getEncoded());
    return keys;
  }

  private void pem(String name, String label, byte[] content) throws IOException {
    String text =
        "-----BEGIN %s-----\n%s\n-----END %s-----\n"
            .formatted(label, Base64.getMimeEncoder().encodeToString(content), label);
    Files.writeString(folder.resolve(name), text, StandardCharsets.US_ASCII);
  }
}
