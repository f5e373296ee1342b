/* Code with a hole in it that its data is mapped over. */
__asm__(".section .jihole,\"awR\",@nobits\n"
        ".balign 65536\n"
        ".globl table\n"
        ".hidden table\n"
        ".type table, @object\n"
        ".size table, 65536\n"
        "table: .zero 65536\n"
        ".previous\n");

extern const unsigned char table[] __attribute__((visibility("hidden")));
static unsigned char neighbour[40000];
static unsigned char other_neighbour[3] = {1, 2, 3};

const void *hole(void) { return table; }

unsigned long sum(unsigned long size) {
  unsigned long total = 0;
  for (unsigned long i = 0; i < size; i++) {
    total = total * 31 + table[i];
  }
  return total + neighbour[size % 40000] + other_neighbour[0] - 1;
}
