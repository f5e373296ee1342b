/* What fixture.c wants from others. */

#ifdef _WIN32
__declspec(dllexport)
#endif
int wanted(int first) {
  return first;
}
