"""Makes functions faster without changing what they do, and proves it."""

__version__ = "0.1.0"
