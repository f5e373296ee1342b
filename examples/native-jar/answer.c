/* The native half, for x86-64 Linux: into natives/x86_64-elf, with its SHA-256 beside it.
 *
 *   gcc -O2 -shared -fPIC answer.c -o libanswer.so
 */
long long Java_dev_calotype_examples_nativejar_Answer_answer(void *env, void *type) { return 42; }
