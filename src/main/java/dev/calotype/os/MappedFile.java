package dev.calotype.os;

/**
 * The file of a mapping, as the kernel tells it in {@code /proc/self/maps}.
 *
 * @param major the device's major number, 0 where no file is mapped
 * @param minor the device's minor number
 * @param inode the number on that device
 */
public record MappedFile(int major, int minor, long inode) {
  /** Where no file is mapped, or nothing at all. */
  public static final MappedFile NONE = new MappedFile(0, 0, 0);

  // Written out, as a JVM takes milliseconds to make a record's own.
  @Override
  public boolean equals(Object other) {
    return other instanceof MappedFile file
        && major == file.major
        && minor == file.minor
        && inode == file.inode;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(inode);
  }

  @Override
  public String toString() {
    return "%02x:%02x %s".formatted(major, minor, Long.toUnsignedString(inode));
  }
}
