/* Loads a code object, brings it together with its data and prints what it makes of that:
   print-sum CODE DATA OFFSET SIZE */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

int main(int count, char **arguments) {
  if (count != 5) {
    return 2;
  }
  void *code = dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL);
  if (!code) {
    fprintf(stderr, "%s\n", dlerror());
    return 1;
  }
  unsigned long offset = strtoul(arguments[3], 0, 0);
  unsigned long size = strtoul(arguments[4], 0, 0);
  int data = open(arguments[2], O_RDONLY);
  void *(*hole)(void) = (void *(*)(void))dlsym(code, "hole");
  void *place = hole ? hole() : 0;
  void *mapped =
      mmap(place, size, PROT_READ, MAP_SHARED | (hole ? MAP_FIXED : 0), data, (off_t)offset);
  if (mapped == MAP_FAILED || (hole && mapped != place)) {
    perror("mmap");
    return 1;
  }
  void **cells = dlsym(code, "cells");
  if (cells) {
    *cells = mapped;
  }
  unsigned long (*sum)(unsigned long) = (unsigned long (*)(unsigned long))dlsym(code, "sum");
  printf("%lu\n", sum(size));
  return 0;
}
