/* A module for a Wasm runtime: no library, a table, calls, loops, memory.
 *
 *   clang-19 --target=wasm32 -O2 -nostdlib -fno-builtin -Wl,--no-entry -Wl,--export-dynamic sample.c -o sample.wasm
 */
#define EXPORT __attribute__((visibility("default")))

static unsigned char sieve[1 << 16];

EXPORT int fib(int n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }

EXPORT int primes(int below) {
  int count = 0;
  for (int i = 0; i < below; i++) sieve[i] = 0;
  for (int i = 2; i < below; i++) {
    if (sieve[i]) continue;
    count++;
    for (int j = 2 * i; j < below; j += i) sieve[j] = 1;
  }
  return count;
}

EXPORT unsigned hash(unsigned seed, int rounds) {
  for (int i = 0; i < rounds; i++) {
    seed ^= seed << 13;
    seed ^= seed >> 17;
    seed ^= seed << 5;
  }
  return seed;
}
