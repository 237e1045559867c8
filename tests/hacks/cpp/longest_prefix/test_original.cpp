#include "original.cpp"
#include <assert.h>
int main() { assert(*longest_prefix("foobar",{"fo","foo","x"})=="foo"); assert(!longest_prefix("",{"a"})); return 0; }
