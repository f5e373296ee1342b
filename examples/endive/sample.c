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

/* With -DLARGE, a few hundred functions more, each another. */
#ifdef LARGE
#define ONE(n) EXPORT unsigned f##n(unsigned x) { x += primes(n + 3); for (int i = 0; i < n + 2; i++) x = hash(x, n) * (2 * n + 1); return x; }
#define TEN(n) ONE(n##0) ONE(n##1) ONE(n##2) ONE(n##3) ONE(n##4) ONE(n##5) ONE(n##6) ONE(n##7) ONE(n##8) ONE(n##9)
#define HUNDRED(n) TEN(n##0) TEN(n##1) TEN(n##2) TEN(n##3) TEN(n##4) TEN(n##5) TEN(n##6) TEN(n##7) TEN(n##8) TEN(n##9)
HUNDRED(1) HUNDRED(2) HUNDRED(3) HUNDRED(4)
#endif
