/* The peer of splitting and joining: reads a file, digests it and writes it again, 1 MiB at a time. */
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <unistd.h>

#define SIZE (1 << 20)

/* Returns the number of bytes copied, or -1. The digest's first byte is in `first`. */
long copy(const char *from, const char *to, unsigned char *first) {
  long total = 0;
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned char *buffer = malloc(SIZE);
  int in = open(from, O_RDONLY | O_CLOEXEC);
  int out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  EVP_MD_CTX *sha = EVP_MD_CTX_new();
  if (!buffer || in < 0 || out < 0 || !sha || !EVP_DigestInit_ex(sha, EVP_sha256(), 0)) {
    return -1;
  }
  for (;;) {
    ssize_t length = read(in, buffer, SIZE);
    if (length < 0) {
      return -1;
    }
    if (length == 0) {
      break;
    }
    EVP_DigestUpdate(sha, buffer, (size_t)length);
    for (ssize_t done = 0; done < length;) {
      ssize_t written = write(out, buffer + done, (size_t)(length - done));
      if (written < 0) {
        return -1;
      }
      done += written;
    }
    total += length;
  }
  EVP_DigestFinal_ex(sha, digest, 0);
  *first = digest[0];
  EVP_MD_CTX_free(sha);
  close(in);
  close(out);
  free(buffer);
  return total;
}
