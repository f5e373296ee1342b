package dev.calotype.os;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.os.ffi.link_map;
import dev.calotype.os.ffi.statx;
import dev.calotype.os.ffi.statx_timestamp;
import dev.calotype.testing.NativeOnly;
import org.junit.jupiter.api.Test;

/** Offsets that are written out, against the bindings, which are those of the headers. */
@NativeOnly
final class KernelLayoutsTest {
  @Test
  void theOffsetsOfStatxAreThoseOfTheBindings() {
    assertThat(FileStat.SIZE).isEqualTo((int) statx.sizeof());
    assertThat(FileStat.OWNER).isEqualTo((int) statx.stx_uid$offset());
    assertThat(FileStat.MODE).isEqualTo((int) statx.stx_mode$offset());
    assertThat(FileStat.INODE).isEqualTo((int) statx.stx_ino$offset());
    assertThat(FileStat.BYTES).isEqualTo((int) statx.stx_size$offset());
    assertThat(FileStat.CHANGED).isEqualTo((int) statx.stx_ctime$offset());
    assertThat(FileStat.MODIFIED).isEqualTo((int) statx.stx_mtime$offset());
    assertThat(FileStat.MAJOR).isEqualTo((int) statx.stx_dev_major$offset());
    assertThat(FileStat.MINOR).isEqualTo((int) statx.stx_dev_minor$offset());
    assertThat(FileStat.NANOS).isEqualTo((int) statx_timestamp.tv_nsec$offset());
    assertThat(statx_timestamp.tv_sec$offset()).isZero();
  }

  @Test
  void theOffsetsOfLinkMapAreThoseOfTheBindings() {
    assertThat(Library.BASE).isEqualTo((int) link_map.l_addr$offset());
    assertThat(Library.NAME).isEqualTo((int) link_map.l_name$offset());
  }
}
