"""Train an image classifier and leave one run in artifacts/, for the dashboard to read.

python train.py                                       STL-10, ResNet-50, the notebook's recipe
python train.py --dataset demo                        drawn pictures, two minutes on a CPU
python train.py --dataset folder:/data --mode head    your photographs, without a GPU
python train.py --resume                              go on after an interruption
torchrun --nproc-per-node 4 train.py                  the same on four GPUs
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from core.errors import FencepostError
from core.training import jobs
from core.training.config import parse_args
from core.training.jobs.preflight import absolute


def main(argv: Sequence[str] | None = None) -> int:
    """The exit code: 0 done, 1 refused or failed with one line that says why, 130 interrupted."""
    job = None
    try:
        config, resume = parse_args(argv)
        # Of several processes, the first one knows what is resumed and tells the others.
        known = resume and not jobs.helping()
        config = jobs.resumable(resume).config if known else absolute(config)
        with jobs.record(config, resume) as job:
            from core.training.recipe import (
                train,  # brings torch: --help and a refusal need not wait for it
            )

            job.done(train(job.config, job))
    except (FencepostError, OSError) as error:
        print(f"train.py: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"\nInterrupted. {_what_is_kept(job)}", file=sys.stderr)
        return 130
    return 0


def _what_is_kept(job: jobs.Recorder | None) -> str:
    if job is not None and job.checkpoint.is_file():
        return "Finished epochs are kept: continue with --resume."
    if job is not None and job.config.mode == "head":
        return "Start it again by the same command: features computed so far are kept."
    return "Start it again by the same command: no epoch was finished."


if __name__ == "__main__":
    sys.exit(main())
