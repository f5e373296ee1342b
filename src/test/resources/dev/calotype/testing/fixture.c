/* A little of everything an image can hold, small enough to be damaged at each byte: data of each
 * kind, pointers to relocate, something wanted from others and something for them.
 * Compiled and linked by dev.calotype.testing.Fixtures for every format and machine. */

#ifdef _WIN32
#define EXPORT __declspec(dllexport)
#else
#define EXPORT
#endif

extern int wanted(int);

int writable[4] = {1, 2, 3, 4};
static int zeros[8];
static const char *const names[] = {"one", "two", "three"};

EXPORT const char *name(unsigned index) { return names[index % 3]; }

EXPORT int sum(int first) { return first + writable[first & 3] + zeros[first & 7]; }

EXPORT int answer(int first) { return wanted(first) + sum(first); }
