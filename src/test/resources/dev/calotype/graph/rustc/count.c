// Counts what is in a dep-graph.bin of rustc 1.95.0, for the tests to compare with. Written for that
// one version and trusting the file: 327 kinds, 9 bits for a kind, 2 for a width, 5 for a count.
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KINDS = 327 };

int main(int argc, char **argv) {
  FILE *f = argc == 2 ? fopen(argv[1], "rb") : NULL;
  if (!f) return 1;
  fseek(f, 0, SEEK_END);
  long size = ftell(f);
  rewind(f);
  unsigned char *b = malloc(size + 4);
  if (!b || fread(b, 1, size, f) != (size_t)size) return 1;
  uint64_t max, nodes, edges, options;
  memcpy(&max, b + size - 37, 8);
  memcpy(&nodes, b + size - 29, 8);
  memcpy(&edges, b + size - 21, 8);
  unsigned char *p = b + 7 + b[6];
  memcpy(&options, p, 8);
  p += 8;
  uint64_t by[KINDS][2] = {{0}}, degree = 0, forward = 0;
  unsigned char *used = calloc(max, 1);
  for (uint64_t n = 0; n < nodes; n++) {
    unsigned head = p[0] | p[1] << 8, kind = head % 512, width = head / 512 % 4 + 1;
    uint64_t count = head >> 11;
    uint32_t index;
    memcpy(&index, p + 2, 4);
    used[index]++;
    p += 38;
    if (count-- == 0) {
      int shift = 0;
      count = 0;
      do count |= (uint64_t)(*p & 127) << shift, shift += 7;
      while (*p++ & 128);
    }
    for (uint64_t e = 0; e < count; e++, p += width) {
      uint32_t to = 0;
      memcpy(&to, p, width);
      forward += to > index;
    }
    by[kind][0]++;
    by[kind][1] += count;
    degree = count > degree ? count : degree;
  }
  uint64_t holes = 0, sessions = 0;
  for (uint64_t i = 0; i < max; i++) holes += !used[i];
  for (int k = 0; k < KINDS; k++) {
    uint64_t said = 0;
    int shift = 0;
    do said |= (uint64_t)(*p & 127) << shift, shift += 7;
    while (*p++ & 128);
    if (said != by[k][0]) return 2;
  }
  for (int shift = 0;; shift += 7) {
    sessions |= (uint64_t)(*p & 127) << shift;
    if (!(*p++ & 128)) break;
  }
  if (p != b + size - 37) return 3;
  printf("version %.*s\noptions %016" PRIx64 "\nsessions %" PRIu64 "\n", b[6], b + 7, options, sessions);
  printf("indices %" PRIu64 "\nnodes %" PRIu64 "\nedges %" PRIu64 "\nholes %" PRIu64 "\n", max, nodes, edges, holes);
  printf("kinds %d\nmaxDegree %" PRIu64 "\nforwardEdges %" PRIu64 "\nbytes %ld\n", KINDS, degree, forward, size);
  for (int k = 0; k < KINDS; k++)
    if (by[k][0]) printf("kind %d %" PRIu64 " %" PRIu64 "\n", k, by[k][0], by[k][1]);
  return 0;
}
