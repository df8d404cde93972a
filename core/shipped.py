"""Make the run that Fencepost ships: `python -m core.shipped` trains artifacts/runs/demo anew."""

from __future__ import annotations

import sys
from dataclasses import replace

from core import artifacts, jobs, runs
from core.config import recommended

RUN_ID = "demo"


def main() -> None:
    """Train on the drawn data set and put the run in the place of the one that is there."""
    from core.recipe import train

    config = replace(recommended("demo"), name="Demo: drawn scenes")
    with jobs.record(config) as job:
        if (artifacts.runs_dir() / RUN_ID).exists():
            runs.delete(RUN_ID)
        job.done(train(config, job, run_id=RUN_ID))


if __name__ == "__main__":
    sys.exit(main())
