#include "original.cpp"
#include <assert.h>
int main() { assert(occurrences("aaa","aa").size()==2); assert(occurrences("abc","").empty()); return 0; }
