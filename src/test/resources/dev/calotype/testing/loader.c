/* Loads a library by its path and calls its function answer. Prints what came of it. */
#include <dlfcn.h>
#include <stdio.h>

int main(int count, char **arguments) {
  if (count != 2) return 64;
  void *library = dlopen(arguments[1], RTLD_NOW);
  if (!library) {
    printf("refused: %s\n", dlerror());
    return 1;
  }
  unsigned (*answer)(void);
  *(void **)&answer = dlsym(library, "answer");
  printf("answer: %u\n", answer ? answer() : 0);
  return 0;
}
