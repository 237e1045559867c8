long sum(const int *values, int n);
int clip(int value);
