/* A library with what Mach-O has sections, symbols and relocations for: strings, pointers, zeros,
 * thread-locals, weak and common symbols, and code that calls other libraries. Compiled and linked
 * by dev.calotype.testing.MachOFiles. */

extern int provided(int);
extern int provided_data __attribute__((weak_import));
extern int provided_by_anyone(void);

const unsigned char padding_before[100] = {1, 2, 3};
const unsigned table[250] = {[0] = 40, [1] = 2, [249] = 7};
static const char *const names[] = {"negative", "print", "paper"};
int writable[30] = {1};
static int zeros[5000];
int common;

#ifdef HAS_THREAD_LOCALS
__thread int thread_local_number = 3;
__thread int thread_local_zero;
#endif

__attribute__((weak)) int overridable(void) { return writable[1]; }

__attribute__((visibility("hidden"))) int concealed(int x) { return x + common; }

/* The difference of two places takes a pair of relocations. */
const long distance[] = {(long)&names, 3};

const char *name(unsigned index) { return names[index % 3]; }

int answer(int x) {
  zeros[x & 7]++;
  int sum = provided(writable[0]) + zeros[1] + overridable() + concealed(x);
#ifdef HAS_THREAD_LOCALS
  sum += thread_local_number + thread_local_zero;
#endif
  return &provided_data ? sum + provided_data : sum + provided_by_anyone();
}
