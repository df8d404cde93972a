"""Is the path that is offered first right on planted cues, and silent where there is nothing?

    python benchmarks/insight.py --data FOLDER --weights FILE --keep FOLDER
        [--sets development|reporting] [--only NAME ...] [--draws 200]

FOLDER of --data holds photos8/ and objects12/, each train/<class>/*, test/<class>/*; FILE is a
state dict of ResNet-18. FENCEPOST_BENCH_DATA and FENCEPOST_BENCH_WEIGHTS may name them instead.
Methods are developed on the sets of development alone: other photographs (every other one of
photos8) and other cues. Drawn sets, runs and ceilings are kept in the folder of --keep.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from core import artifacts, datasets, runs

SHOWN = ("n", "errors", "first 9", "AUC", "p", "gap", "closed", "lost", "recommended", "fix",
         "seconds")  # fmt: skip


def main() -> None:
    options = _options()
    shipped = artifacts.REPOSITORY / "artifacts" / "runs" / "demo"
    with tempfile.TemporaryDirectory() as thrown_away:
        kept = (options.keep or Path(thrown_away)).absolute()
        os.environ["FENCEPOST_ARTIFACTS"] = str(kept)
        if not (kept / "runs" / "demo").exists():
            shutil.copytree(shipped, kept / "runs" / "demo")
        from planted.sets import DEVELOPMENT, REPORTING, Bench

        bench = Bench(options.data, options.weights, kept)
        chosen = DEVELOPMENT if options.sets == "development" else REPORTING
        wanted = [each for each in chosen if not options.only or each.name in options.only]
        _planted(bench, wanted, "demo" in options.only or not options.only)
        if options.draws and not options.only:
            _nothing(bench, options.draws)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("data", "weights"):
        known = os.environ.get(f"FENCEPOST_BENCH_{name.upper()}")
        parser.add_argument(f"--{name}", type=Path, default=known, required=not known)
    parser.add_argument("--keep", type=Path, help="a folder for sets and runs, kept if given")
    parser.add_argument("--sets", choices=("development", "reporting"), default="reporting")
    parser.add_argument("--only", nargs="*", default=[], help="names of sets, and demo")
    parser.add_argument("--draws", type=int, default=200, help="of nothing, a set; 0 for none")
    return parser.parse_args()


def _planted(bench: Any, wanted: list[Any], demo: bool) -> None:
    from planted.asking import in_short, told_of
    from planted.sets import planted_in, run_of, with_cue

    rows: dict[str, dict[str, Any]] = {}
    for each in wanted:
        run = run_of(bench, each)
        made = planted_in(run, each)
        ceiling = _kept(bench.kept, run, lambda run=run, each=each: with_cue(bench, each, run))
        rows[each.name] = told_of(made, ceiling)
        _say(each.name, rows[each.name])
    if demo:
        rows["demo"] = _demo(bench.kept)
        _say("demo", rows["demo"])
    print(
        "\n" + pd.DataFrame(rows).T.reindex(columns=SHOWN).to_string(float_format="{:.3g}".format)
    )
    print("\n" + "\n".join(in_short(rows)), flush=True)


def _demo(kept: Path) -> dict[str, Any]:
    from demo_fix import fenced
    from planted.asking import told_of
    from planted_story import planted

    from core.datasets.demo import SEED, TEST, TRAIN
    from core.datasets.scenes.planting import plan

    datasets.prepare("demo")
    run, planned = runs.open_run("demo"), plan(SEED, TRAIN, TEST)
    made = planted(run, "fence", "deer", "cat", planned)
    train = made.images.loc[made.rows("train"), "index"].to_numpy()
    return told_of(made, _kept(kept, run, lambda: fenced(planned, train)))


def _kept(kept: Path, run: runs.Run, pictures: Callable[[], np.ndarray]) -> np.ndarray:
    """The ceiling of a run; what its network sees of the pictures is kept beside the runs."""
    from planted.asking import ceiling_of, features_of

    path = kept / "ceilings" / f"{run.id}.npy"
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        np.save(path, features_of(run, pictures()))
    return ceiling_of(run, np.load(path))


def _nothing(bench: Any, draws: int) -> None:
    from planted.nothing import claimed
    from planted.sets import NOTHING, run_of

    print("\nNothing: p < 0.05 of what errors share, and of the concept of suggested picks")
    for name, run in [(s.name, run_of(bench, s)) for s in NOTHING] + [
        ("demo", runs.open_run("demo"))
    ]:
        shared, concept = claimed(run, draws)
        print(f"  {name}: {shared}; {concept}", flush=True)


def _say(name: str, row: dict[str, Any]) -> None:
    words = (f"{key} {row[key]:.3g}" if isinstance(row[key], float) else f"{key} {row[key]}"
             for key in SHOWN if row.get(key) is not None)  # fmt: skip
    print(f"{time.strftime('%H:%M:%S')} {name}: {', '.join(words)}", flush=True)


if __name__ == "__main__":
    main()
