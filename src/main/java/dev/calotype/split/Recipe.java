package dev.calotype.split;

import dev.calotype.MalformedImageException;
import dev.calotype.bytes.ByteView;
import dev.calotype.bytes.ByteWriter;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What joining needs: from where each byte of the original comes. Its bytes are in
 * docs/data-file-format.md, "Recipe".
 */
final class Recipe {
  private static final int HEADER_SIZE = 32;
  private static final int PIECE_SIZE = 24;
  private static final String STRUCTURE = "recipe";

  private final long size;
  private final int crc;
  private final List<Piece> pieces;
  private final byte[] residue;

  /**
   * A recipe for an original.
   *
   * @param size the size of the original in bytes
   * @param crc the CRC-32C of the original
   * @param pieces the original from its first to its last byte
   * @param residue the original bytes that neither half has; kept, not copied
   */
  Recipe(long size, int crc, List<Piece> pieces, byte[] residue) {
    this.size = size;
    this.crc = crc;
    this.pieces = List.copyOf(pieces);
    this.residue = residue;
  }

  int crc() {
    return crc;
  }

  List<Piece> pieces() {
    return pieces;
  }

  byte[] residue() {
    return residue;
  }

  /** Where a piece's bytes are. */
  enum Source {
    CODE(0),
    DATA(1),
    RESIDUE(2);

    private final int number;

    Source(int number) {
      this.number = number;
    }

    static Optional<Source> of(long number) {
      return Arrays.stream(values()).filter(source -> source.number == number).findFirst();
    }
  }

  /**
   * A range of the original.
   *
   * @param source where its bytes are
   * @param section for {@link Source#DATA}: which section of the data file
   * @param offset where they start there
   * @param length how many there are
   */
  record Piece(Source source, int section, long offset, long length) {}

  byte[] encode() {
    ByteWriter bytes =
        new ByteWriter(
            Math.toIntExact(HEADER_SIZE + (long) pieces.size() * PIECE_SIZE + residue.length));
    bytes.u64(size).u32(crc).u32(pieces.size()).u64(residue.length).u64(0);
    for (Piece piece : pieces) {
      bytes.u32(piece.source.number).u32(piece.section).u64(piece.offset).u64(piece.length);
    }
    return bytes.bytes(residue).array();
  }

  /**
   * Reads a recipe.
   *
   * @throws MalformedImageException if it contradicts itself
   */
  static Recipe decode(byte[] bytes, String file) {
    ByteView view = new ByteView(MemorySegment.ofArray(bytes), file);
    long size = view.u64(0, STRUCTURE);
    long count = view.u32(12, STRUCTURE);
    long residueSize = view.u64(16, STRUCTURE);
    long residueAt = HEADER_SIZE + count * PIECE_SIZE;
    if (residueSize < 0 || residueAt > bytes.length || residueSize != bytes.length - residueAt) {
      throw view.malformed(
          STRUCTURE,
          12,
          "%d pieces".formatted(count),
          "as many as %d bytes hold".formatted(bytes.length));
    }
    List<Piece> pieces = new ArrayList<>();
    long total = 0;
    for (long i = 0; i < count; i++) {
      long at = HEADER_SIZE + i * PIECE_SIZE;
      long number = view.u32(at, STRUCTURE);
      Optional<Source> source = Source.of(number);
      long offset = view.u64(at + 8, STRUCTURE);
      long length = view.u64(at + 16, STRUCTURE);
      if (source.isEmpty() || offset < 0 || length < 0 || length > size - total) {
        throw view.malformed(
            STRUCTURE,
            at,
            "%d bytes from source %d".formatted(length, number),
            "a piece of the original");
      }
      pieces.add(new Piece(source.get(), (int) view.u32(at + 4, STRUCTURE), offset, length));
      total += length;
    }
    if (total != size) {
      throw view.malformed(STRUCTURE, 0, "pieces of %d bytes".formatted(total), size + "");
    }
    return new Recipe(
        size,
        (int) view.u32(8, STRUCTURE),
        pieces,
        Arrays.copyOfRange(bytes, (int) residueAt, bytes.length));
  }
}
