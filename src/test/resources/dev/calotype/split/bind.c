/* Brings a pair to life as the note says and prints what its checksum() is.
   bind LIBRARY DATA {hole ADDRESS OFFSET SIZE | cell ADDRESS OFFSET}... */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static unsigned long number(const char *text) { return strtoul(text, 0, 0); }

int main(int count, char **arguments) {
  void *library = dlopen(arguments[1], RTLD_NOW);
  if (!library) return fprintf(stderr, "%s\n", dlerror()), 1;
  struct link_map *map;
  if (dlinfo(library, RTLD_DI_LINKMAP, &map)) return fprintf(stderr, "%s\n", dlerror()), 1;
  int data = open(arguments[2], O_RDONLY);
  struct stat stat;
  if (data < 0 || fstat(data, &stat)) return perror(arguments[2]), 1;
  char *all = mmap(0, stat.st_size, PROT_READ, MAP_SHARED, data, 0);
  if (all == MAP_FAILED) return perror("mmap"), 1;
  for (int i = 3; i < count;) {
    char *address = (char *)map->l_addr + number(arguments[i + 1]);
    unsigned long offset = number(arguments[i + 2]);
    if (arguments[i][0] == 'h') {
      unsigned long size = number(arguments[i + 3]);
      if (mmap(address, size, PROT_READ, MAP_SHARED | MAP_FIXED, data, offset) != address)
        return perror("mmap over the hole"), 1;
      i += 4;
    } else {
      *(char **)address = all + offset;
      i += 3;
    }
  }
  long (*checksum)(void) = (long (*)(void))dlsym(library, "checksum");
  if (!checksum) return fprintf(stderr, "%s\n", dlerror()), 1;
  printf("%ld\n", checksum());
  return 0;
}
