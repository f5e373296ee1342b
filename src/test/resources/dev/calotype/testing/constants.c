/* A library for any system that is mostly data: numbers, texts, and pointers that a loader relocates. It needs no other. */
#ifdef _WIN32
#define EXPORTED __declspec(dllexport)
int _fltused;
#else
#define EXPORTED __attribute__((visibility("default")))
#endif

EXPORTED const unsigned char before[100] = {1, 2, 3};
EXPORTED const unsigned numbers[25000] = {[0] = 40, [1] = 2, [12000] = 5, [24999] = 7};
static const char *const names[] = {"negative", "print", "paper"};
EXPORTED const char *const *const more = names;
EXPORTED unsigned written[50] = {7};
EXPORTED unsigned zeros[5000];

EXPORTED const char *name(unsigned index) { return names[index % 3]; }
EXPORTED const char *text(void) { return "one negative, many prints"; }
EXPORTED unsigned answer(unsigned i) { return numbers[i % 25000] + written[i % 50] + zeros[i % 5000] + before[i % 100]; }
EXPORTED double half(double value) { return value * 0.4375; }
