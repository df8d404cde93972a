"""The demo's story in figures: does the explanation show the planted fences?

    python benchmarks/demo_story.py [--run ID] [--label deer] [--pred cat] [--draws 5]

Reads artifacts/ (or FENCEPOST_ARTIFACTS): the newest run on the demo; what was planted is known
from the plan that the pictures are drawn by.
"""

from __future__ import annotations

import argparse

from planted_story import planted, tell

from core import runs
from core.datasets.demo import SEED, TEST, TRAIN
from core.datasets.scenes.planting import plan
from core.errors import ExplainError


def main() -> None:
    options = _options()
    run = runs.open_run(options.run) if options.run else newest()
    truth = plan(SEED, TRAIN, TEST)
    tell(planted(run, "fence", options.label, options.pred, truth), options.draws)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--run", help="its id; by default the newest run on the demo")
    parser.add_argument("--label", default="deer")
    parser.add_argument("--pred", default="cat")
    parser.add_argument("--draws", type=int, default=5, help="sets of picks to try")
    return parser.parse_args()


def newest() -> runs.Run:
    """The newest run on the demo that was trained, not made by a fix."""
    for run in runs.list_runs():
        if not run.damage and run.dataset == "demo" and not run.steps:
            return run
    raise ExplainError("No run on the demo: train one with `python train.py --dataset demo`.")


if __name__ == "__main__":
    main()
