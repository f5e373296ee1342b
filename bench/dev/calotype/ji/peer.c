/* The peers of the checks in C, each looping by itself so that calling it costs nothing. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static char page[4096];

/* Opens, reads the first page and closes, `count` times. */
long header_checks(const char *file, long count) {
  long sum = 0;
  for (long i = 0; i < count; i++) {
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || pread(fd, page, sizeof page, 0) != sizeof page) {
      return -1;
    }
    sum += page[17];
    close(fd);
  }
  return sum;
}

/* Asks for the attributes of `count` files, whose names follow each other with a NUL after each. */
long stats(const char *names, long count) {
  long sum = 0;
  struct stat facts;
  for (long i = 0; i < count; i++) {
    if (stat(names, &facts) != 0) {
      return -1;
    }
    sum += facts.st_size + facts.st_mtim.tv_nsec;
    while (*names++) {
    }
  }
  return sum;
}
