"""`python -m core.training`: train.py where there is no checkout; jobs are started by it."""

import sys

from core.training.command import main

if __name__ == "__main__":
    sys.exit(main())
