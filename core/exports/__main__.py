"""`python -m core.exports RUN [FORM]`: into the artifacts, told as JSON; the dashboard's button."""

import json
import sys

from core import artifacts, runs
from core.errors import FencepostError
from core.exports.exporting import export


def main(run_id: str, form: str = "") -> int:
    try:
        made = export(runs.open_run(run_id), form)
    except (FencepostError, OSError) as error:
        print(artifacts.in_words(error), file=sys.stderr)
        return 1
    told = {"folder": str(made.folder), "lines": made.lines}
    print(json.dumps({**told, "words": made.proof.words, "holds": made.proof.holds}))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
