#include "original.cpp"
#include <assert.h>
int main() { assert(code_points("abc")==3); assert(code_points("\xc3\xa9")==1); assert(code_points("\x80")==-1); return 0; }
