/* Code whose data is another library's. */
extern const unsigned char table[];

unsigned long sum(unsigned long size) {
  unsigned long total = 0;
  for (unsigned long i = 0; i < size; i++) {
    total = total * 31 + table[i];
  }
  return total;
}
