/*
 * calotype.h: finds a named part of an ELF, Mach-O, COFF or PE file in memory, for native code that
 * looks for its own data. One function a format, one walk from the first byte to the part; each
 * offset and count is checked against the file's end before it is used. No allocation, no libraries.
 *
 *   calotype_part part;
 *   if (calotype_find(file, size, ".metadata", &part) == 1)
 *     use((const char *)file + part.offset, part.size);
 *
 * The functions return 1 if the part is there and its bytes are within the file, 0 if it is not
 * there, and -1 if the file breaks its format's rules on the way or is of another format.
 *
 * C99. Reads both widths and both byte orders. See docs/reading-images.md.
 */
#ifndef CALOTYPE_H
#define CALOTYPE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Where a part is. size is that in the file: 0 if the part is all zeros in memory. */
typedef struct {
  uint64_t offset;
  uint64_t size;
  uint64_t address;
} calotype_part;

/* A file, and how its numbers are stored. */
typedef struct {
  const unsigned char *bytes;
  uint64_t size;
  int wide; /* 64-bit */
  int swap; /* the other byte order than this machine's */
} calotype_file;

static inline int calotype_has(const calotype_file *f, uint64_t offset, uint64_t size) {
  return offset <= f->size && size <= f->size - offset;
}

static inline uint16_t calotype_u16(const calotype_file *f, uint64_t offset) {
  uint16_t value;
  memcpy(&value, f->bytes + offset, sizeof value);
  return f->swap ? __builtin_bswap16(value) : value;
}

static inline uint32_t calotype_u32(const calotype_file *f, uint64_t offset) {
  uint32_t value;
  memcpy(&value, f->bytes + offset, sizeof value);
  return f->swap ? __builtin_bswap32(value) : value;
}

static inline uint64_t calotype_word(const calotype_file *f, uint64_t offset) {
  uint64_t value;
  if (!f->wide) return calotype_u32(f, offset);
  memcpy(&value, f->bytes + offset, sizeof value);
  return f->swap ? __builtin_bswap64(value) : value;
}

static inline int calotype_little_endian(void) {
  const uint16_t one = 1;
  unsigned char first;
  memcpy(&first, &one, 1);
  return first;
}

/* The last step of every walk: the part's bytes have to be in the file. */
static inline int calotype_found(const calotype_file *f, calotype_part *part, uint64_t address,
                                 uint64_t offset, uint64_t size) {
  if (size != 0 && !calotype_has(f, offset, size)) return -1;
  part->address = address;
  part->offset = offset <= f->size ? offset : 0; /* without bytes it may say to be anywhere */
  part->size = size;
  return 1;
}

/* ELF: a file header leads to the section headers; one of those holds the names (gABI). */
static inline int calotype_elf_section(const void *file, size_t size, const char *name,
                                       calotype_part *part) {
  calotype_file f = {(const unsigned char *)file, size, 0, 0};
  uint64_t table, entry, count, names, strings, strings_size, header, length = strlen(name) + 1;
  if (size < 52 || memcmp(file, "\177ELF", 4) != 0) return -1;
  f.wide = f.bytes[4] == 2;
  f.swap = (f.bytes[5] == 1) != calotype_little_endian();
  if (f.bytes[4] < 1 || f.bytes[4] > 2 || f.bytes[5] < 1 || f.bytes[5] > 2) return -1;
  if (!calotype_has(&f, 0, f.wide ? 64 : 52)) return -1;
  entry = f.wide ? 64 : 40;
  table = calotype_word(&f, f.wide ? 40 : 32); /* e_shoff */
  if (table == 0) return 0;
  if (!calotype_has(&f, table, entry)) return -1;
  if (calotype_u16(&f, f.wide ? 58 : 46) != entry) return -1;
  count = calotype_u16(&f, f.wide ? 60 : 48); /* e_shnum, or else sh_size of section 0 */
  if (count == 0) count = calotype_word(&f, table + (f.wide ? 32 : 20));
  names = calotype_u16(&f, f.wide ? 62 : 50); /* e_shstrndx, or else sh_link of section 0 */
  if (names == 0xffff) names = calotype_u32(&f, table + (f.wide ? 40 : 24));
  if (count > (size - table) / entry) return -1;
  if (names == 0) return 0;
  if (names >= count) return -1;
  header = table + names * entry;
  strings = calotype_word(&f, header + (f.wide ? 24 : 16));
  strings_size = calotype_word(&f, header + (f.wide ? 32 : 20));
  if (!calotype_has(&f, strings, strings_size)) return -1;
  for (header = table; header < table + count * entry; header += entry) {
    uint64_t at = calotype_u32(&f, header);
    if (at < strings_size && length <= strings_size - at &&
        memcmp(f.bytes + strings + at, name, length) == 0)
      return calotype_found(&f, part, calotype_word(&f, header + (f.wide ? 16 : 12)),
                            calotype_word(&f, header + (f.wide ? 24 : 16)),
                            calotype_u32(&f, header + 4) == 8 /* SHT_NOBITS */
                                ? 0
                                : calotype_word(&f, header + (f.wide ? 32 : 20)));
  }
  return 0;
}

/* ELF: a file header leads to the program headers (gABI). type is p_type: 4 for PT_NOTE. */
static inline int calotype_elf_segment(const void *file, size_t size, uint32_t type,
                                       calotype_part *part) {
  calotype_file f = {(const unsigned char *)file, size, 0, 0};
  uint64_t table, entry, count, sections, header;
  if (size < 52 || memcmp(file, "\177ELF", 4) != 0) return -1;
  f.wide = f.bytes[4] == 2;
  f.swap = (f.bytes[5] == 1) != calotype_little_endian();
  if (f.bytes[4] < 1 || f.bytes[4] > 2 || f.bytes[5] < 1 || f.bytes[5] > 2) return -1;
  if (!calotype_has(&f, 0, f.wide ? 64 : 52)) return -1;
  entry = f.wide ? 56 : 32;
  table = calotype_word(&f, f.wide ? 32 : 28); /* e_phoff */
  count = calotype_u16(&f, f.wide ? 56 : 44);  /* e_phnum, or else sh_info of section 0 */
  if (table == 0 || count == 0) return 0;
  sections = calotype_word(&f, f.wide ? 40 : 32);
  if (count == 0xffff && sections != 0) {
    if (!calotype_has(&f, sections, f.wide ? 64 : 40)) return -1;
    count = calotype_u32(&f, sections + (f.wide ? 44 : 28));
  }
  if (calotype_u16(&f, f.wide ? 54 : 42) != entry) return -1;
  if (table > size || count > (size - table) / entry) return -1;
  for (header = table; header < table + count * entry; header += entry) {
    if (calotype_u32(&f, header) == type)
      return calotype_found(&f, part, calotype_word(&f, header + (f.wide ? 16 : 8)),
                            calotype_word(&f, header + (f.wide ? 8 : 4)),
                            calotype_word(&f, header + (f.wide ? 32 : 16)));
  }
  return 0;
}

/*
 * Mach-O: load commands follow the header, sections follow their segment's command
 * (mach-o/loader.h). segment may be NULL: the first section of that name then.
 */
static inline int calotype_macho_section(const void *file, size_t size, const char *segment,
                                         const char *name, calotype_part *part) {
  calotype_file f = {(const unsigned char *)file, size, 0, 0};
  uint32_t magic = 0, count, kind;
  uint64_t at, end;
  if (size < 28) return -1;
  memcpy(&magic, file, 4);
  f.swap = magic == 0xcefaedfe || magic == 0xcffaedfe;
  if (f.swap) magic = __builtin_bswap32(magic);
  if (magic != 0xfeedface && magic != 0xfeedfacf) return -1;
  if (strlen(name) > 16) return 0;
  f.wide = magic == 0xfeedfacf;
  at = f.wide ? 32 : 28;
  if (size < at) return -1;
  count = calotype_u32(&f, 16);      /* ncmds */
  end = at + calotype_u32(&f, 20);   /* sizeofcmds */
  kind = f.wide ? 0x19 : 1;          /* LC_SEGMENT_64, LC_SEGMENT */
  if (end > size) return -1;
  for (; count > 0; count--) {
    uint64_t length, header, sections, entry = f.wide ? 80 : 68, first = f.wide ? 72 : 56;
    if (end - at < 8) return -1;
    length = calotype_u32(&f, at + 4); /* cmdsize */
    if (length < 8 || length % 4 != 0 || length > end - at) return -1;
    if (calotype_u32(&f, at) == kind) {
      if (length < first) return -1;
      sections = calotype_u32(&f, at + (f.wide ? 64 : 48)); /* nsects */
      if (sections > (length - first) / entry) return -1;
      for (header = at + first; sections > 0; sections--, header += entry) {
        const char *names = (const char *)f.bytes + header; /* sectname, segname */
        if (strncmp(names, name, 16) == 0 &&
            (segment == NULL || strncmp(names + 16, segment, 16) == 0)) {
          uint32_t type = calotype_u32(&f, header + (f.wide ? 64 : 56)) & 0xff;
          uint32_t offset = calotype_u32(&f, header + (f.wide ? 48 : 40));
          /* The S_*ZEROFILL types, and in some files a section without a place. */
          int zeros = type == 1 || type == 12 || type == 18 || offset == 0;
          return calotype_found(&f, part, calotype_word(&f, header + 32), offset,
                                zeros ? 0 : calotype_word(&f, header + (f.wide ? 40 : 36)));
        }
      }
    }
    at += length;
  }
  return 0;
}

/* Mach-O: the first load command of that number, LC_UUID for example, as it lies in the file. */
static inline int calotype_macho_command(const void *file, size_t size, uint32_t command,
                                         calotype_part *part) {
  calotype_file f = {(const unsigned char *)file, size, 0, 0};
  uint32_t magic = 0, count;
  uint64_t at, end;
  if (size < 28) return -1;
  memcpy(&magic, file, 4);
  f.swap = magic == 0xcefaedfe || magic == 0xcffaedfe;
  if (f.swap) magic = __builtin_bswap32(magic);
  if (magic != 0xfeedface && magic != 0xfeedfacf) return -1;
  at = magic == 0xfeedfacf ? 32 : 28;
  if (size < at) return -1;
  count = calotype_u32(&f, 16);    /* ncmds */
  end = at + calotype_u32(&f, 20); /* sizeofcmds */
  if (end > size) return -1;
  for (; count > 0; count--) {
    uint64_t length;
    if (end - at < 8) return -1;
    length = calotype_u32(&f, at + 4); /* cmdsize */
    if (length < 8 || length % 4 != 0 || length > end - at) return -1;
    if (calotype_u32(&f, at) == command) return calotype_found(&f, part, 0, at, length);
    at += length;
  }
  return 0;
}

/*
 * Whether the section whose header is at header is called name: 1, 0, or -1 if its name leaves the
 * file. "/123" is an offset in the string table, and so is "//" with six digits of base 64, as LLVM
 * writes larger ones (PE/COFF, "Section Table"). strings is 0 if there is no such table.
 */
static inline int calotype_coff_is(const calotype_file *f, uint64_t header, uint64_t strings,
                                   const char *name, size_t length) {
  static const char base[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const char *text = (const char *)f->bytes + header;
  int wide = text[0] == '/' && text[1] == '/' && memchr(text, 0, 8) == NULL;
  int i = wide ? 2 : 1;
  uint64_t at = 0, size;
  if (text[0] == '/' && text[1] != 0 && strings != 0) {
    for (; i < 8 && text[i] != 0; i++) {
      const char *digit = (const char *)memchr(base, text[i], 64);
      if (digit == NULL || (!wide && (text[i] < '0' || text[i] > '9'))) break;
      at = wide ? at << 6 | (uint64_t)(digit - base) : at * 10 + (uint64_t)(text[i] - '0');
    }
    if (i == 8 || text[i] == 0) {
      if (!calotype_has(f, strings, 4)) return -1;
      size = calotype_u32(f, strings);
      if (!calotype_has(f, strings, size)) return -1;
      return at >= 4 && at < size && length < size - at &&
             memcmp(f->bytes + strings + at, name, length + 1) == 0;
    }
  }
  return length <= 8 && memcmp(text, name, length) == 0 && (length == 8 || text[length] == 0);
}

/* COFF and PE: the file header, in PE behind a DOS program, is followed by the section table. */
static inline int calotype_coff_section(const void *file, size_t size, const char *name,
                                        calotype_part *part) {
  calotype_file f = {(const unsigned char *)file, size, 0, !calotype_little_endian()};
  uint64_t start = 0, count, symbols, strings, header;
  size_t length = strlen(name);
  if (size < 20) return -1;
  if (memcmp(file, "MZ", 2) == 0) {
    if (size < 64) return -1;
    start = calotype_u32(&f, 60); /* e_lfanew */
    if (!calotype_has(&f, start, 24) || memcmp(f.bytes + start, "PE\0\0", 4) != 0) return -1;
    start += 4;
  }
  if (memcmp(file, "\0\0\377\377", 4) == 0) { /* ANON_OBJECT_HEADER_BIGOBJ */
    if (calotype_u16(&f, 4) == 0) return 0;       /* an import object has no sections */
    if (size < 56) return -1;
    count = calotype_u32(&f, 44);
    symbols = calotype_u32(&f, 48);
    strings = symbols + calotype_u32(&f, 52) * (uint64_t)20;
    header = 56;
  } else {
    count = calotype_u16(&f, start + 2);   /* NumberOfSections */
    symbols = calotype_u32(&f, start + 8); /* PointerToSymbolTable */
    strings = symbols + calotype_u32(&f, start + 12) * (uint64_t)18;
    header = start + 20 + calotype_u16(&f, start + 16); /* SizeOfOptionalHeader */
  }
  if (header > size || count > (size - header) / 40) return -1;
  for (; count > 0; count--, header += 40) {
    int found = calotype_coff_is(&f, header, symbols == 0 ? 0 : strings, name, length);
    if (found < 0) return -1;
    if (found) {
      uint64_t offset = calotype_u32(&f, header + 20); /* PointerToRawData */
      return calotype_found(&f, part, calotype_u32(&f, header + 12), offset,
                            offset == 0 ? 0 : calotype_u32(&f, header + 16));
    }
  }
  return 0;
}

/* The section of that name in a file that is known to be of one of the formats. */
static inline int calotype_find(const void *file, size_t size, const char *name,
                                calotype_part *part) {
  uint32_t magic = 0;
  if (size < 20) return -1;
  memcpy(&magic, file, 4);
  if (memcmp(file, "\177ELF", 4) == 0) return calotype_elf_section(file, size, name, part);
  if ((magic | 1) == 0xfeedfacf || magic == 0xcefaedfe || magic == 0xcffaedfe)
    return calotype_macho_section(file, size, NULL, name, part);
  return calotype_coff_section(file, size, name, part);
}

#endif
