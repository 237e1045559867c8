int tiny(int);
int main() { return tiny(1) == 2 ? 0 : 1; }
