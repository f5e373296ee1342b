/* Loads two libraries and asks both for their answer and for the place of their data. */
#include <dlfcn.h>
#include <stdio.h>

int main(int count, char **arguments) {
  void *place[2] = {0, 0};
  for (int i = 0; i < 2 && count == 3; i++) {
    void *library = dlopen(arguments[i + 1], RTLD_NOW);
    if (!library) {
      printf("refused: %s\n", dlerror());
      return 1;
    }
    unsigned (*answer)(void);
    void *(*find)(void);
    *(void **)&answer = dlsym(library, "answer");
    *(void **)&find = dlsym(library, "place");
    printf("answer: %u\n", answer());
    place[i] = find();
  }
  printf("%s data\n", place[0] == place[1] ? "one" : "two");
  return 0;
}
