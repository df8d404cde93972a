"""One training from the command line: parse options, record a job, train."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from core import artifacts
from core.errors import FencepostError, ModelError
from core.models import lazy_torch
from core.training import check, jobs
from core.training.config import PREDICT, TrainConfig
from core.training.jobs.preflight import absolute, weights_problem
from core.training.options import CHECK, WAIT, parse_args, parse_predict


def main(argv: Sequence[str] | None = None, prog: str = "train.py") -> int:
    """Train: the exit code is 0 done, 1 refused or failed in one line, 130 interrupted."""
    given = sys.argv[1:] if argv is None else argv
    if CHECK in given:
        return _check(argv, prog)
    return _run(lambda: parse_args(argv, prog), prog, WAIT in given)


def _check(argv: Sequence[str] | None, prog: str) -> int:
    """Say what the data set holds, and train nothing."""
    try:
        for line in check.lines(absolute(parse_args(argv, prog)[0])):
            print(line)
    except (FencepostError, OSError) as error:
        print(f"{prog}: {artifacts.in_words(error)}", file=sys.stderr)
        return 1
    return 0


def predict(argv: Sequence[str] | None = None, prog: str = "fencepost predict") -> int:
    """Predict with a trained network, which becomes a run; exit codes as of `main`."""
    return _run(lambda: (parse_predict(argv, prog), None), prog)


def _run(asked: Callable[[], tuple[TrainConfig, str | None]], prog: str, wait: bool = False) -> int:
    job = None
    try:
        config, resume = asked()
        if problem := lazy_torch.missing():
            raise ModelError(problem)
        # Of several processes, the first one knows what is resumed and tells the others.
        known = resume and not jobs.helping()
        if known and (left := _left_by(resume)):
            print(f"{prog}: {left}")
            return 0
        config = _of_job(resume) if known else absolute(config)
        if config.mode == PREDICT and (problem := weights_problem(config)):
            raise ModelError(problem)
        with jobs.record(config, resume, wait) as job:
            from core.training.recipe import (
                train,  # brings torch: --help and a refusal need not wait for it
            )

            job.done(train(job.config, job))
    except (FencepostError, OSError) as error:
        print(f"{prog}: {artifacts.in_words(error)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"\nInterrupted. {_what_is_kept(job)}", file=sys.stderr)
        return 130
    return 0


def _left_by(resume: str) -> str:
    """What to say where the job to go on with was killed after its run was there; else ""."""
    found = jobs.list_jobs() if resume == "last" else [jobs.open_job(resume)]
    job = next((each for each in found if each.checkpoint.is_file() and not each.active), None)
    if job is None or job.state != "done" or job.config is None:
        return ""
    jobs.Recorder(job.folder, job.config).done(job.run_id)
    return f"Job {job.id} was done when it was stopped. Run {job.run_id}"


def _of_job(resume: str) -> TrainConfig:
    config = jobs.resumable(resume).config
    assert config is not None  # a job without one cannot be resumed
    return config


def _what_is_kept(job: jobs.Recorder | None) -> str:
    if job is not None and job.config.mode == PREDICT:
        return "Start it again by the same command."
    if job is not None and job.checkpoint.is_file():
        return "Finished epochs are kept: continue with --resume."
    if job is not None and job.config.mode == "head":
        return "Start it again by the same command: features computed so far are kept."
    return "Start it again by the same command: no epoch was finished."
