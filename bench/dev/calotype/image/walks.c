/* The C baselines of the image benchmarks: calotype.h as native code uses it, and the walk over a
 * symbol table that a C programmer writes. Each loops by itself, so that a call from Java costs
 * nothing. Built by CWalks with the machine's C compiler. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "calotype.h"

/* Keeps the compiler from moving a walk out of the loop or dropping it. */
#define FORGET(pointer) __asm__ volatile("" : "+r"(pointer) : : "memory")

static __attribute__((noinline)) int find(const void *file, uint64_t size, const char *name,
                                          calotype_part *part) {
  return calotype_find(file, size, name, part);
}

uint64_t find_times(const void *file, uint64_t size, const char *name, long times) {
  uint64_t sum = 0;
  for (long i = 0; i < times; i++) {
    calotype_part part = {0, 0, 0};
    FORGET(file);
    if (find(file, size, name, &part) == 1) sum += part.offset;
  }
  return sum;
}

uint64_t open_find_times(const char *path, const char *name, long times) {
  uint64_t sum = 0;
  for (long i = 0; i < times; i++) {
    calotype_part part = {0, 0, 0};
    struct stat status;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0 || fstat(file, &status) != 0) return 0;
    uint64_t size = (uint64_t)status.st_size;
    void *bytes = mmap(NULL, size, PROT_READ, MAP_SHARED, file, 0);
    close(file);
    if (bytes == MAP_FAILED) return 0;
    if (find(bytes, size, name, &part) == 1) sum += part.offset;
    munmap(bytes, size);
  }
  return sum;
}

/* The names of an ELF64 file's symbols, each measured with strlen; those for the linker if there are
 * any, else those for the loader. */
static __attribute__((noinline)) uint64_t symbols(const unsigned char *file, uint64_t size) {
  calotype_part table, strings;
  uint64_t sum = 0;
  int full = calotype_elf_section(file, size, ".symtab", &table) == 1;
  if ((!full && calotype_elf_section(file, size, ".dynsym", &table) != 1) ||
      calotype_elf_section(file, size, full ? ".strtab" : ".dynstr", &strings) != 1 ||
      strings.size == 0 || file[strings.offset + strings.size - 1] != 0)
    return 0;
  const char *names = (const char *)file + strings.offset;
  for (uint64_t at = table.offset; at + 24 <= table.offset + table.size; at += 24) {
    uint32_t name;
    memcpy(&name, file + at, sizeof name);
    if (name >= strings.size) return 0;
    sum += strlen(names + name);
  }
  return sum;
}

uint64_t symbols_times(const void *file, uint64_t size, long times) {
  uint64_t sum = 0;
  for (long i = 0; i < times; i++) {
    FORGET(file);
    sum += symbols((const unsigned char *)file, size);
  }
  return sum;
}
