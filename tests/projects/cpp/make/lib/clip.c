#include "sum.h"
#include <math.h>

int clip(int value) { return (int)fmin(value, LIMIT); }
