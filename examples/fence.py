"""From an error to its cause, to a fix, to proof: what the pages do, in a script.

    python examples/fence.py [--run demo] [--label deer] [--pred cat] [--method transplant] [--save]

On the run that ships, deer behind a fence are predicted as cat. The script asks which channels of
the features say so, takes ten training cats that share what these deer have and ten that do not,
learns from them what a fence is, measures the harm that it does, refits the head, and compares both
models image by image. A person would look through the twenty picks first: nothing but the order of
the images chose them. All figures come from the test images: nothing was learned from them, but
the confusion was seen on them, and half of its errors suggested the picks: these are not counted
where the concept is measured, but in the comparison at the end, so fresh images would show somewhat
less.

`--save` keeps concept and model in artifacts/, where the dashboard shows them; without it they are
thrown away. `--method overlay` is the better fix on this run, and takes some seconds: it looks at
the images again.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import tempfile
from collections.abc import Iterator, Sequence

import fencepost as fp


def main(argv: Sequence[str] | None = None) -> None:
    options = _options(argv)
    run, label, pred = fp.open_run(options.run), options.label, options.pred
    why = fp.explain(run, label, pred)
    print(why)
    picks = fp.suggest_picks(run, why)
    concept = fp.learn(run, picks.shows, picks.without, name=options.name, held_out=picks.held_out)
    print(f"\n{concept}")
    print(fp.measure(run, concept, label, pred))
    fix = fp.fix(run, options.method, concept)
    print(f"\n{fix}")
    with kept_or_not(options.save):
        fixed = fp.save_fix(run, fix)
        if options.save:
            fp.save_concept(run, concept)
            print(f"\nSaved as run {fixed.id}.")
        print(f"\n{fp.compare(run, fixed, concept=concept)}")


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--run", default="demo", help="the run's id")
    parser.add_argument("--label", default="deer", help="what the images are")
    parser.add_argument("--pred", default="cat", help="what they are predicted as")
    parser.add_argument("--name", default="fence", help="what to call what they share")
    parser.add_argument("--method", default="transplant", choices=("transplant", "overlay"))
    parser.add_argument("--save", action="store_true", help="keep the concept and the fixed run")
    return parser.parse_args(argv)


@contextlib.contextmanager
def kept_or_not(save: bool) -> Iterator[None]:
    """Where the fixed run is written: artifacts/, or a folder that goes away at the end."""
    if save:
        yield
        return
    before = os.environ.get("FENCEPOST_ARTIFACTS")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["FENCEPOST_ARTIFACTS"] = folder
        try:
            yield
        finally:
            del os.environ["FENCEPOST_ARTIFACTS"]
            if before is not None:
                os.environ["FENCEPOST_ARTIFACTS"] = before


if __name__ == "__main__":
    main()
