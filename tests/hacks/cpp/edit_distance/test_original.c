#include "original.c"

int main(void) { return edit_distance("kitten", "sitting") == 3 ? 0 : 1; }
