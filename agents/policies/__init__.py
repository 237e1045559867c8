"""Search policies: which edit to build on next."""
