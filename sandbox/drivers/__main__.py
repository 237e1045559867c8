"""`python -m perfbot_driver FD`: serves perfbot on an inherited socket."""

import sys

from .serve import main

main(int(sys.argv[1]))
