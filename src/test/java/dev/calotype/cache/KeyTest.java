package dev.calotype.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.ji.DataId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Keys and their digests. */
class KeyTest {
  private static final DataId ID = new DataId("ab".repeat(32));

  private static Key all() {
    return Key.of("cc")
        .with("text", "é")
        .with("int", -5)
        .with("flag", true)
        .with("bytes", new byte[] {1, 2})
        .with("data", ID)
        .with("texts", List.of("a", ""));
  }

  @Test
  void theOrderInWhichFieldsAreGivenDoesNotMatter() {
    Key other =
        Key.of("cc")
            .with("texts", List.of("a", ""))
            .with("data", ID)
            .with("bytes", new byte[] {1, 2})
            .with("flag", true)
            .with("int", -5)
            .with("text", "é");
    assertThat(other).isEqualTo(all()).hasSameHashCodeAs(all());
    assertThat(other.hex()).isEqualTo(all().hex());
  }

  @Test
  void theDigestIsTheOneOfThePage() throws NoSuchAlgorithmException {
    String encoding =
        "02000000"
            + "6363"
            + "02000000"
            + "0201"
            + "61"
            + "08000000"
            + "0700000000000000"
            + "0101"
            + "62"
            + "01000000"
            + "78";
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    digest.update("calotype key 1\n".getBytes(StandardCharsets.US_ASCII));
    digest.update(HexFormat.of().parseHex(encoding));
    Key key = Key.of("cc").with("b", "x").with("a", 7);
    assertThat(key.hex()).isEqualTo(HexFormat.of().formatHex(digest.digest()));
  }

  @Test
  void nothingThatDiffersHasTheSameDigest() {
    List<Key> keys =
        List.of(
            Key.of("cc"),
            Key.of("cc1"),
            Key.of("cc").with("a", ""),
            Key.of("cc").with("a", "b"),
            Key.of("cc").with("ab", ""),
            Key.of("cc").with("a", new byte[] {'b'}),
            Key.of("cc").with("a", List.of("b")),
            Key.of("cc").with("a", List.of()),
            Key.of("cc").with("a", List.of("")),
            Key.of("cc").with("a", List.of("", "")),
            Key.of("cc").with("a", List.of("b", "c")),
            Key.of("cc").with("a", List.of("bc")),
            Key.of("cc").with("a", List.of("c", "b")),
            Key.of("cc").with("a", 0),
            Key.of("cc").with("a", false),
            Key.of("cc").with("a", new byte[8]),
            Key.of("cc").with("a", new byte[1]),
            Key.of("cc").with("a", "").with("b", ""),
            Key.of("cc").with("a", ID),
            Key.of("cc").with("a", HexFormat.of().parseHex(ID.hex())));
    Set<String> digests = new HashSet<>();
    keys.forEach(key -> digests.add(key.hex()));
    assertThat(digests).hasSameSizeAs(keys);
  }

  @Test
  void aKeyIsReadBackAsItWas() {
    Key back = KeyEncoding.decode(all().encoding(), "k");
    assertThat(back).isEqualTo(all());
    assertThat(back.fields().all()).isEqualTo(all().fields().all());
    assertThat(back.fields().texts("texts")).containsExactly("a", "");
    assertThat(back.fields().bytes("bytes")).containsExactly(1, 2);
    assertThat(back.fields().integer("int")).isEqualTo(-5);
    assertThat(back.fields().flag("flag")).isTrue();
    assertThat(back.fields().dataId("data")).isEqualTo(ID);
    assertThat(back.fields().text("text")).isEqualTo("é");
    assertThat(back.fields().compiler()).isEqualTo("cc");
  }

  @Test
  void aFieldThatIsNotThereOrOfAnotherTypeIsAnError() {
    Fields fields = all().fields();
    assertThatThrownBy(() -> fields.text("none"))
        .isInstanceOf(NoSuchElementException.class)
        .hasMessageContaining("none");
    assertThatThrownBy(() -> fields.text("int"))
        .isInstanceOf(NoSuchElementException.class)
        .hasMessageContaining("no text: -5");
  }

  @Test
  void whatIsNoKeyIsRefused() {
    Key key = Key.of("cc").with("a", "x");
    assertThatThrownBy(() -> key.with("a", 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("already");
    assertThatThrownBy(() -> Key.of("")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> key.with("", 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> key.with("n".repeat(256), 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> key.with("big", new byte[KeyEncoding.MOST_BYTES]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("digest");
    // As UTF-8, it would be a question mark, and so would any other.
    assertThatThrownBy(() -> key.with("b", "\ud800"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Unicode");
  }
}
