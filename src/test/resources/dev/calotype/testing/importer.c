/* A library for Windows that imports by name, by ordinal, as data, and when first called. */

__declspec(dllimport) extern int shared_data;
__declspec(dllimport) int answer(int x);
__declspec(dllimport) int *by_ordinal(int i);
__declspec(dllimport) int late(int x);

int common_data;
int *where = &common_data;

/* What the linker calls from its stubs; nothing here ever runs. */
void *__stdcall __delayLoadHelper2(void *library, void *address) {
  return address ? address : library;
}

int import_all(int x) { return answer(x) + *by_ordinal(shared_data) + late(*where); }
