/* Data of many kinds, and code that reaches it in as many ways. */

#ifdef _WIN32
int _fltused;
#define FIXED
#else
#define FIXED const
#endif

#define TEN(f, n) f(n), f(n + 1), f(n + 2), f(n + 3), f(n + 4), f(n + 5), f(n + 6), f(n + 7), f(n + 8), f(n + 9)
#define HUNDRED(f, n)                                                                              \
  TEN(f, n), TEN(f, n + 10), TEN(f, n + 20), TEN(f, n + 30), TEN(f, n + 40), TEN(f, n + 50),       \
      TEN(f, n + 60), TEN(f, n + 70), TEN(f, n + 80), TEN(f, n + 90)
#define SQUARE(n) ((n) * (n))
#define MIXED(n) (((n) * 2654435761u) >> 7 & 255)
#define HALF(n) ((n) / 2.0)

/* Others may see it. */
const int squares[100] = {HUNDRED(SQUARE, 0)};

/* Nobody else sees these. */
static const unsigned char bytes[300] = {HUNDRED(MIXED, 0), HUNDRED(MIXED, 100), HUNDRED(MIXED, 200)};
static const double weights[100] = {HUNDRED(HALF, 1)};

/* Pointers into the data, in data that is written to and, where relocation comes first, in data that is not. */
static const int *cursor = squares + 7;
const int *FIXED ends[] = {squares, squares + 100};

int square(int i) { return squares[i]; }
int byte_at(int i) { return bytes[i]; }
double weight(int i) { return weights[i]; }
int next(void) { return *cursor++; }
const int *end(int i) { return ends[i]; }
const char *name(int i) { return i == 0 ? "one" : i == 1 ? "two" : "many"; }

int kind(int i) {
  switch (i) {
    case 0: return 17;
    case 1: return square(4);
    case 2: return byte_at(9) + 1;
    case 3: return next();
    case 4: return -3;
    case 5: return byte_at(12) * 5;
    default: return 0;
  }
}

/* Everything at once. */
long checksum(void) {
  long sum = 1;
  for (int i = 0; i < 100; i++) {
    sum = sum * 31 + square(i) + byte_at(i * 3) + (long)(weight(i) * 4) + kind(i % 7);
    sum += name(i % 3)[0];
  }
  for (const int *at = end(0); at != end(1); at++) {
    sum = sum * 31 + *at;
  }
  for (const unsigned char *at = bytes; at != bytes + sizeof bytes; at++) {
    sum = sum * 31 + *at;
  }
  return sum * 31 + next();
}
