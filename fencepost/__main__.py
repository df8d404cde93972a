"""`python -m fencepost`: the console command."""

import sys

from fencepost.command import main

if __name__ == "__main__":
    sys.exit(main())
