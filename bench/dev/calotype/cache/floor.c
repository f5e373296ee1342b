/* The least that a hit can be, in C, looping by itself so that calling it costs nothing. */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static char page[4096];

/* Opens, reads the first page, maps all, touches one byte in the middle, unmaps, closes. */
long hits(const char *file, long count) {
  long sum = 0;
  for (long i = 0; i < count; i++) {
    struct stat facts;
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &facts) != 0 || pread(fd, page, sizeof page, 0) != sizeof page) {
      return -1;
    }
    char *bytes = mmap(0, facts.st_size, PROT_READ, MAP_SHARED, fd, 0);
    if (bytes == MAP_FAILED) {
      return -1;
    }
    sum += bytes[facts.st_size / 2] & 1;
    munmap(bytes, facts.st_size);
    close(fd);
  }
  return sum;
}

