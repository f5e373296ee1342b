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
      #define HIDDEN __attribute__((visibility("hidden")))
      #define CELL extern HIDDEN
      #define EXPORT __attribute__((visibility("default")))
      #define COLD __attribute__((cold, noinline))
      #define UNUSED __attribute__((unused))

      /* What a program's modules share: see RUNTIME. The field's order is Runner's, too. */
      struct context {
        i64 kind;
        const char *function;
        i64 a, b, count;
        const bytes *arguments;
        i64 stack;
      };
      enum { DIVISION, INDEX, SLICE, DEPTH, NUMBER, MEMORY };
      HIDDEN extern struct context *context;
      HIDDEN extern u8 *heap, *heap_end, *stack_floor;
      HIDDEN COLD u8 *more(i64 size);
      HIDDEN void print(bytes b);
      HIDDEN COLD __attribute__((noreturn)) void trap(const char *f, i64 kind, i64 a, i64 b);
      HIDDEN i64 run(struct context *it, i64 (*main)(void));

      static inline i64 argument_count(void) { return context->count; }
      static inline bytes argument(i64 i) { return context->arguments[i]; }

      /* The one way into Java, for programs that write floats: see Runner. */
      CELL bytes (*runtime)(i64 bits);
      static inline bytes float_text(f64 x) {
        i64 bits;
        __builtin_memcpy(&bits, &x, 8);
        return runtime(bits);
      }

      #define ENTER(f) \\
        if (__builtin_expect((u8 *)__builtin_frame_address(0) < stack_floor, 0)) \\
          trap(f, DEPTH, 0, 0)

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

  /**
   * What a program has once: its memory, its output, and the way out of it. In each module that a
   * program can start with, the linker keeping one of them.
   */
  static final String RUNTIME =
      """
      #define SHARED __attribute__((weak, visibility("hidden")))
      extern void *malloc(__SIZE_TYPE__);
      extern void free(void *);
      extern __PTRDIFF_TYPE__ write(int, const void *, __SIZE_TYPE__);

      SHARED struct context *context;
      SHARED u8 *heap, *heap_end, *stack_floor;
      SHARED void **chunks; /* Each has the one before it in its first word. */
      SHARED void *start[5];
      SHARED u8 output[8192];
      SHARED i64 pending;

      SHARED void flush(void) {
        i64 done = 0;
        while (done < pending) {
          i64 n = write(1, output + done, pending - done);
          if (n <= 0) break; /* Nobody reads it. */
          done += n;
        }
        pending = 0;
      }
      SHARED void print(bytes b) {
        i64 n = length(b);
        for (i64 i = 0; i < n;) {
          if (pending == sizeof output) flush();
          i64 part = n - i, room = sizeof output - pending;
          if (part > room) part = room;
          __builtin_memcpy(output + pending, b + 8 + i, part);
          pending += part;
          i += part;
        }
      }
      SHARED u8 *more(i64 size) {
        i64 chunk = size > 65536 ? size : 65536;
        void **it = malloc(16 + chunk);
        if (!it) trap("", MEMORY, chunk, 0);
        *it = chunks;
        chunks = it;
        heap = (u8 *)it + 16;
        heap_end = heap + chunk;
        return heap;
      }
      SHARED void trap(const char *f, i64 kind, i64 a, i64 b) {
        context->kind = kind;
        context->function = f;
        context->a = a;
        context->b = b;
        __builtin_longjmp(start, 1); /* There are frames of C only. */
      }
      SHARED i64 run(struct context *it, i64 (*main)(void)) {
        context = it;
        stack_floor = (u8 *)__builtin_frame_address(0) - it->stack;
        i64 result = 0;
        if (!__builtin_setjmp(start)) result = main();
        flush();
        while (chunks) {
          void **before = *chunks;
          free(chunks);
          chunks = before;
        }
        heap = heap_end = 0;
        return result;
      }

      """;

  private Prelude() {}
}
