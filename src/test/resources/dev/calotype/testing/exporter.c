/* A library for Windows with one of each kind of export. */

int shared_data = 7;
int *pointer = &shared_data;
static int zeros[9000];

int answer(int x) { return x + shared_data; }

int *by_ordinal(int i) { return &zeros[i]; }

int late(int x) { return x * 3; }

/* Its section's name does not fit into a section header. */
__attribute__((section(".a_long_name"))) const int constants[] = {1, 2, 3};

/* Its own name does not fit into a symbol. */
int a_function_with_a_long_name(int x) { return x - *pointer; }
