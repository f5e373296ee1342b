package dev.calotype.image;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Small 64-bit Mach-O files put together by hand: commands that no linker here writes. */
final class MachOBytes {
  private final ByteOrder order;
  private final int fileType;
  private final List<byte[]> commands = new ArrayList<>();
  private byte[] data = new byte[0];

  /** Where {@link #data} starts in the file. */
  static final int DATA = 1024;

  MachOBytes(ByteOrder order, int fileType) {
    this.order = order;
    this.fileType = fileType;
  }

  /** Adds a command: its type, and 32-bit numbers after its size. */
  MachOBytes command(int type, int... fields) {
    ByteBuffer bytes = ByteBuffer.allocate(8 + 4 * fields.length).order(order);
    bytes.putInt(type).putInt(bytes.capacity());
    for (int field : fields) {
      bytes.putInt(field);
    }
    commands.add(bytes.array());
    return this;
  }

  /** Adds a library. */
  MachOBytes library(int type, String name) {
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate((24 + text.length + 8) & -8).order(order);
    bytes.putInt(type).putInt(bytes.capacity()).putInt(24).putInt(0).putInt(0x10203).putInt(0);
    bytes.put(text);
    commands.add(bytes.array());
    return this;
  }

  /** Adds a segment without sections. */
  MachOBytes segment(String name, long address, long offset, long size, int protection) {
    ByteBuffer bytes = ByteBuffer.allocate(72).order(order);
    bytes.putInt(0x19).putInt(72);
    bytes.put(name.getBytes(StandardCharsets.UTF_8)).position(24);
    bytes.putLong(address).putLong(size).putLong(offset).putLong(size);
    bytes.putInt(protection).putInt(protection);
    commands.add(bytes.array());
    return this;
  }

  /** A load command whose numbers are of other widths. */
  MachOBytes raw(byte[] command) {
    commands.add(command);
    return this;
  }

  /** What the commands point to. */
  MachOBytes data(byte... bytes) {
    data = bytes;
    return this;
  }

  MachOImage image() {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    commands.forEach(all::writeBytes);
    ByteBuffer file = ByteBuffer.allocate(DATA + data.length).order(order);
    file.putInt(0xfeedfacf).putInt(0x01000007).putInt(3).putInt(fileType);
    file.putInt(commands.size()).putInt(all.size()).putInt(0x80).putInt(0);
    file.put(all.toByteArray());
    file.put(DATA, data);
    return (MachOImage) Image.of(MemorySegment.ofArray(file.array()), "handmade");
  }
}
