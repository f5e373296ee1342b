/* A library with a section of every kind that a linker makes: data that can move, data that
 * loaders relocate, data that can be written, code, constructors, thread-locals.
 * Compiled and linked by dev.calotype.testing.Libraries. */

const unsigned char padding_before[100] = {1, 2, 3};
const unsigned table[25000] = {[0] = 40, [1] = 2, [24999] = 7};
static const char *const names[] = {"negative", "print", "paper"};
int writable[300] = {1};
static int zeros[5000];
__thread int thread_local_number = 3;

__attribute__((constructor)) static void construct(void) { zeros[0] = 1; }

unsigned answer(void) { return table[0] + table[1]; }

const char *name(unsigned index) { return names[index % 3]; }

unsigned sum(void) {
  unsigned total = padding_before[2] + (unsigned)(writable[0] + zeros[0] + thread_local_number);
  for (unsigned i = 0; i < sizeof table / sizeof *table; i++) total += table[i];
  return total;
}
