"""The edits under `python/` are data: their little projects' tests are not ours to collect."""

import sys
from pathlib import Path

collect_ignore = ["python"]
sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]
