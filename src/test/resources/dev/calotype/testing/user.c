/* Code whose data is in another library: the sum of table, and where that is. With PROGRAM, a program that prints them. */
extern const unsigned char table[];

#ifndef FACTOR
#define FACTOR 1
#endif

unsigned answer(void) {
  unsigned sum = 0;
  for (int i = 0; i < 1000; i++) sum += FACTOR * table[i];
  return sum;
}

const unsigned char *place(void) { return table; }

#ifdef PROGRAM
#include <stdio.h>

int main(void) {
  printf("answer: %u\n", answer());
  return 0;
}
#endif
