package dev.calotype.examples.sepia;

/** The C that every module starts with: types, the runtime's functions, what operators do. */
final class Prelude {
  static final String TEXT =
      """
      typedef __INT64_TYPE__ i64;
      typedef __UINT64_TYPE__ u64;
      typedef double f64;
      typedef unsigned char u8;
      typedef const u8 *bytes;
      #define CELL extern __attribute__((visibility("hidden")))
      #define EXPORT __attribute__((visibility("default")))
      #define COLD __attribute__((cold, noinline, unused))
      #define UNUSED __attribute__((unused))

      /* The one way out of a module: into the runtime. See Runner. */
      CELL i64 (*runtime)(i64, const void *, i64, i64);
      enum { ALLOCATE, PRINT, FLOAT_TEXT, ARGUMENT_COUNT, ARGUMENT, RESOLVE, FLOOR, TRAP };
      enum { DIVISION, INDEX, SLICE, DEPTH, NUMBER };
      static inline void print(bytes b) { runtime(PRINT, b, 0, 0); }
      static inline i64 argument_count(void) { return runtime(ARGUMENT_COUNT, 0, 0, 0); }
      static inline bytes argument(i64 i) { return (bytes)runtime(ARGUMENT, 0, i, 0); }
      static COLD void *resolve(const char *name) { return (void *)runtime(RESOLVE, name, 0, 0); }
      /* Does not return. */
      static COLD void trap(const char *f, i64 kind, i64 a, i64 b) {
        runtime(TRAP + kind, f, a, b);
        __builtin_unreachable();
      }
      static inline bytes float_text(f64 x) {
        i64 bits;
        __builtin_memcpy(&bits, &x, 8);
        return (bytes)runtime(FLOAT_TEXT, 0, bits, 0);
      }

      static u8 *heap, *heap_end;
      static u8 *stack_floor = (u8 *)-1;

      static COLD void enter(const char *f) {
        u8 *here = __builtin_frame_address(0);
        stack_floor = (u8 *)runtime(FLOOR, here, 0, 0);
        if (here < stack_floor) trap(f, DEPTH, 0, 0);
      }
      #define ENTER(f) \\
        if (__builtin_expect((u8 *)__builtin_frame_address(0) < stack_floor, 0)) enter(f)

      static COLD u8 *more(i64 size) {
        i64 chunk = size > 65536 ? size : 65536;
        heap = (u8 *)runtime(ALLOCATE, 0, chunk, 0);
        heap_end = heap + chunk;
        return heap;
      }
      static UNUSED u8 *allocate(i64 length) {
        i64 size = (length + 15) & -8;
        u8 *it = heap_end - heap < size ? more(size) : heap;
        heap += size;
        __builtin_memcpy(it, &length, 8);
        return it;
      }
      static inline i64 word(bytes b, i64 i) {
        i64 n;
        __builtin_memcpy(&n, b + 8 * i, 8);
        return n;
      }
      static inline f64 real(bytes b, i64 i) {
        f64 n;
        __builtin_memcpy(&n, b + 8 * i, 8);
        return n;
      }
      static inline i64 length(bytes b) { return word(b, 0); }
      static inline i64 index_of(i64 i, i64 n, const char *f) {
        if (__builtin_expect((u64)i >= (u64)n, 0)) trap(f, INDEX, i, n);
        return i;
      }
      static inline i64 divide(i64 a, i64 b, const char *f) {
        if (__builtin_expect(b == 0, 0)) trap(f, DIVISION, a, b);
        return b == -1 ? (i64)(0 - (u64)a) : a / b;
      }
      static inline i64 modulo(i64 a, i64 b, const char *f) {
        if (__builtin_expect(b == 0, 0)) trap(f, DIVISION, a, b);
        return b == -1 ? 0 : a % b;
      }
      static UNUSED bytes slice(bytes b, i64 from, i64 to, const char *f) {
        if (from < 0 || from > to || to > length(b)) trap(f, SLICE, from, to);
        u8 *it = allocate(to - from);
        __builtin_memcpy(it + 8, b + 8 + from, to - from);
        return it;
      }
      static UNUSED bytes join(bytes a, bytes b) {
        i64 n = length(a), m = length(b);
        u8 *it = allocate(n + m);
        __builtin_memcpy(it + 8, a + 8, n);
        __builtin_memcpy(it + 8 + n, b + 8, m);
        return it;
      }
      static UNUSED i64 compare(bytes a, bytes b) {
        i64 n = length(a), m = length(b);
        int c = __builtin_memcmp(a + 8, b + 8, n < m ? n : m);
        return c ? c : (n > m) - (n < m);
      }
      static UNUSED bytes one_byte(i64 value) {
        u8 *it = allocate(1);
        it[8] = (u8)value;
        return it;
      }
      static UNUSED bytes int_text(i64 value) {
        u8 digits[20];
        i64 n = 0;
        u64 rest = value < 0 ? 0 - (u64)value : (u64)value;
        do digits[n++] = '0' + rest % 10; while (rest /= 10);
        if (value < 0) digits[n++] = '-';
        u8 *it = allocate(n);
        for (i64 i = 0; i < n; i++) it[8 + i] = digits[n - 1 - i];
        return it;
      }
      static UNUSED i64 parse(bytes b, const char *f) {
        i64 n = length(b), i = n > 0 && b[8] == '-', value = 0;
        if (i == n) trap(f, NUMBER, 0, n);
        for (i64 k = i; k < n; k++) {
          if (b[8 + k] < '0' || b[8 + k] > '9'
              || __builtin_mul_overflow(value, 10, &value)
              || __builtin_sub_overflow(value, b[8 + k] - '0', &value)) trap(f, NUMBER, k, n);
        }
        if (i == 0 && value == -value && value != 0) trap(f, NUMBER, n, n);
        return i ? value : -value;
      }
      static UNUSED i64 to_int(f64 x) {
        if (!(x > -9223372036854775808.0)) return x != x ? 0 : (i64)(1ULL << 63);
        return x >= 9223372036854775808.0 ? (i64)~(1ULL << 63) : (i64)x;
      }

      """;

  private Prelude() {}
}
