/* Code that reaches its data through one cell. */
#ifdef _WIN32
#define PUBLIC __declspec(dllexport)
#else
#define PUBLIC
#endif

PUBLIC const unsigned char *volatile cells[1] = {0};

PUBLIC unsigned long sum(unsigned long size) {
  const unsigned char *data = cells[0];
  unsigned long total = 0;
  for (unsigned long i = 0; i < size; i++) {
    total = total * 31 + data[i];
  }
  return total;
}
