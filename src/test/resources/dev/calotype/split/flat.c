/* Lays out an image of another system at the addresses it was linked for, brings its data to it as the note says, and
   prints what its checksum() is. Nothing of it is resolved: it must need nothing.
   flat IMAGE DATA ABI ENTRY {part ADDRESS OFFSET FILESIZE SIZE | hole ADDRESS OFFSET SIZE | cell ADDRESS OFFSET}... */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef __x86_64__
#define WINDOWS __attribute__((ms_abi))
#else
#define WINDOWS
#endif

static unsigned long number(const char *text) { return strtoul(text, 0, 0); }

static int fill(int file, char *address, unsigned long offset, unsigned long size) {
  return pread(file, address, size, offset) == (ssize_t)size;
}

int main(int count, char **arguments) {
  int image = open(arguments[1], O_RDONLY), data = open(arguments[2], O_RDONLY);
  struct stat stat;
  if (image < 0 || data < 0 || fstat(data, &stat)) return perror("open"), 1;
  char *all = mmap(0, stat.st_size, PROT_READ, MAP_SHARED, data, 0);
  for (int i = 5; i < count;) {
    char *address = (char *)number(arguments[i + 1]);
    unsigned long offset = number(arguments[i + 2]);
    switch (arguments[i][0]) {
      case 'p': {
        char *start = (char *)((unsigned long)address & -65536ul);
        unsigned long size = address + number(arguments[i + 4]) - start;
        int rwx = PROT_READ | PROT_WRITE | PROT_EXEC;
        /* Parts may share 64 KiB; what is there already stays. */
        for (unsigned long at = 0; at < size; at += 4096)
          mmap(start + at, 4096, rwx, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
        if (!fill(image, address, offset, number(arguments[i + 3]))) return perror("part"), 1;
        i += 5;
        break;
      }
      case 'h':
        if (!fill(data, address, offset, number(arguments[i + 3]))) return perror("hole"), 1;
        i += 4;
        break;
      default:
        *(char **)address = all + offset;
        i += 3;
    }
  }
  __builtin___clear_cache((char *)number(arguments[5 + 1]), (char *)number(arguments[5 + 1]) + (1 << 20));
  if (arguments[3][0] == 'w') {
    /* long has 32 bits there. */
    int (*WINDOWS checksum)(void) = (int (*WINDOWS)(void))number(arguments[4]);
    printf("%d\n", checksum());
  } else {
    long (*checksum)(void) = (long (*)(void))number(arguments[4]);
    printf("%ld\n", checksum());
  }
  return 0;
}
