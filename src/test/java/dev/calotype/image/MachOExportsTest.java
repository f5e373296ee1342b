package dev.calotype.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.MalformedImageException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Exports tries with what LLD does not write, and broken ones. */
class MachOExportsTest {
  private static final int LC_DYLD_INFO_ONLY = 0x80000022;
  private static final int LC_DYLD_EXPORTS_TRIE = 0x80000033;

  @ParameterizedTest
  @ValueSource(ints = {0x22, LC_DYLD_INFO_ONLY, LC_DYLD_EXPORTS_TRIE})
  void everyKindOfExportIsRead(int command) {
    byte[] trie =
        grid(
            node("", edge("_", 20)),
            node("", edge("p", 40), edge("a", 60), edge("s", 80), edge("o", 100)),
            node("\0\u0081\1"),
            node("\2\5"),
            node("\10\1\0"),
            node("\10\2_x\0"));
    assertThat(image(command, trie).exports())
        .containsExactly(
            new Export("_p", OptionalLong.empty(), 0x1000 + 0x81, Optional.empty()),
            new Export("_a", OptionalLong.empty(), 5, Optional.empty()),
            new Export("_s", OptionalLong.empty(), 0, Optional.of("/lib/a.dylib:_s")),
            new Export("_o", OptionalLong.empty(), 0, Optional.of("/lib/b.dylib:_x")));
  }

  @Test
  void anEmptyTrieHasNoExports() {
    assertThat(image(LC_DYLD_EXPORTS_TRIE, new byte[0]).exports()).isEmpty();
    assertThat(image(LC_DYLD_EXPORTS_TRIE, new byte[] {0, 0}).exports()).isEmpty();
  }

  @Test
  void circlesAndSharedNodesEnd() {
    assertMalformed("reached twice", node("", edge("a", 0)));
    assertMalformed("reached twice", node("", edge("a", 5)), node("", edge("b", 5)));
    // Were that allowed, each level could double the walk.
    assertMalformed("reached twice", node("", edge("a", 8), edge("b", 8)), node(""));
  }

  @Test
  void whatLeavesTheTrieIsMalformed() {
    assertMalformed("a node at", node("", edge("a", 100)));
    assertMalformed("information", new byte[] {50, 0, 0, 0});
    assertMalformed("the end of the trie", new byte[] {0, 1, 'a', 'b'});
    assertMalformed("the end of the trie", new byte[] {0});
    assertMalformed("library 3", node("\10\3\0"));
    assertMalformed("library 0", node("\10\0\0"));
    byte[] endless = new byte[12];
    Arrays.fill(endless, (byte) 0x80);
    assertMalformed("over 64 bits", endless);
    byte[] large = {
      (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, -1, -1, -1, -1, 2, 0
    };
    assertMalformed("over 64 bits", large);
    large[9] = 1;
    assertMalformed("18446744073709551615 bytes", large);
  }

  @Test
  void exportsBeforeADamagedOneAreGiven() {
    byte[] trie = trie(node("", edge("a", 8), edge("b", 99)), node("\0\1"));
    Iterator<Export> exports = image(LC_DYLD_EXPORTS_TRIE, trie).exports().iterator();
    assertThat(exports.next().name()).isEqualTo("a");
    assertThatThrownBy(exports::hasNext).isInstanceOf(MalformedImageException.class);
  }

  @Test
  void aTrieOutsideTheFileIsMalformed() {
    MachOImage image =
        new MachOBytes(ByteOrder.LITTLE_ENDIAN, 6)
            .command(LC_DYLD_EXPORTS_TRIE, MachOBytes.DATA, 1)
            .image();
    assertThatThrownBy(image::exports).isInstanceOf(MalformedImageException.class);
  }

  private static void assertMalformed(String message, byte[]... nodes) {
    Iterable<Export> exports = image(LC_DYLD_EXPORTS_TRIE, trie(nodes)).exports();
    assertThatThrownBy(() -> exports.forEach(Export::name))
        .isInstanceOf(MalformedImageException.class)
        .hasMessageContaining("exports trie")
        .hasMessageContaining(message);
  }

  private static MachOImage image(int command, byte[] trie) {
    MachOBytes bytes =
        new MachOBytes(ByteOrder.LITTLE_ENDIAN, 6)
            .segment("__TEXT", 0x1000, 0, 64, 5)
            .library(0xc, "/lib/a.dylib")
            .library(0x8000001f, "/lib/b.dylib")
            .data(trie);
    return (command == LC_DYLD_EXPORTS_TRIE
            ? bytes.command(command, MachOBytes.DATA, trie.length)
            : bytes.command(command, 0, 0, 0, 0, 0, 0, 0, 0, MachOBytes.DATA, trie.length))
        .image();
  }

  private static byte[] trie(byte[]... nodes) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    List.of(nodes).forEach(all::writeBytes);
    return all.toByteArray();
  }

  /** A node: what is said of the name that ends there, one byte a character, and its children. */
  private static byte[] node(String information, byte[]... edges) {
    ByteArrayOutputStream node = new ByteArrayOutputStream();
    node.write(information.length());
    node.writeBytes(information.getBytes(StandardCharsets.ISO_8859_1));
    node.write(edges.length);
    List.of(edges).forEach(node::writeBytes);
    return node.toByteArray();
  }

  private static byte[] edge(String text, int child) {
    ByteArrayOutputStream edge = new ByteArrayOutputStream();
    edge.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    edge.write(0);
    edge.write(child);
    return edge.toByteArray();
  }

  /** Nodes that start at each 20th byte. */
  private static byte[] grid(byte[]... nodes) {
    return trie(Stream.of(nodes).map(node -> Arrays.copyOf(node, 20)).toArray(byte[][]::new));
  }
}
