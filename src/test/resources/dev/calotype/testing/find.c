/* find FILE NAME...: where calotype.h finds each section, a line each: result, offset, size, address.
 * "LC N" asks for a load command and "PT N" for a program header by their numbers. */
#include <stdio.h>
#include <stdlib.h>

#include "calotype.h"

static unsigned char *read_all(const char *path, size_t *size) {
  FILE *file = fopen(path, "rb");
  unsigned char *bytes = NULL;
  long length;
  if (file == NULL) return NULL;
  if (fseek(file, 0, SEEK_END) == 0 && (length = ftell(file)) >= 0 &&
      fseek(file, 0, SEEK_SET) == 0) {
    *size = (size_t)length;
    /* Exactly as large as the file, so that a checker of memory sees a read past its end. */
    bytes = (unsigned char *)malloc(*size == 0 ? 1 : *size);
    if (bytes != NULL && fread(bytes, 1, *size, file) != *size) *size = 0;
  }
  fclose(file);
  return bytes;
}

int main(int count, char **arguments) {
  size_t size = 0;
  unsigned char *bytes = count < 2 ? NULL : read_all(arguments[1], &size);
  int i;
  if (bytes == NULL) return 2;
  for (i = 2; i < count; i++) {
    calotype_part part = {0, 0, 0};
    int result;
    if (strncmp(arguments[i], "LC ", 3) == 0) {
      result = calotype_macho_command(bytes, size, (uint32_t)atoi(arguments[i] + 3), &part);
    } else if (strncmp(arguments[i], "PT ", 3) == 0) {
      result = calotype_elf_segment(bytes, size, (uint32_t)atoi(arguments[i] + 3), &part);
    } else {
      result = calotype_find(bytes, size, arguments[i], &part);
    }
    printf("%d %lx %lx %lx\n", result, (unsigned long)part.offset, (unsigned long)part.size,
           (unsigned long)part.address);
  }
  free(bytes);
  return 0;
}
