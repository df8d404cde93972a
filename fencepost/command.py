"""The console command `fencepost`: the dashboard, a training, the runs there are, a report."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from fencepost import __version__, shadows

if TYPE_CHECKING:
    from core.errors import FencepostError
    from core.runs import Run

START = """Start the dashboard, and open it in the browser.

  fencepost train ...      train a model: the same as train.py
  fencepost predict ...    open a network that is trained already: its answers as a run
  fencepost import TABLE   open a table of predictions, made anywhere, as a run
  fencepost runs           list the runs
  fencepost report RUN     write the report of a fix as one HTML page
  fencepost export RUN     take its network home, with the lines that load it, and proof

Each of these has --help. Other options go to the server, such as
  --server.port 9000            another port; by default the first free one from 8501 on
  --server.headless true        open no browser
  --server.baseUrlPath /name    behind a reverse proxy
  --theme.base dark             see `streamlit run --help` for all
"""
ENVIRONMENT = """\
FENCEPOST_ARTIFACTS names the folder that runs are kept in: else it is artifacts/ of a
checkout, or the user's data folder. FENCEPOST_READ_ONLY=1 lets nobody train, rename or delete.
"""
IMPORT = """Open a table of predictions as a run: a row an image, with its path, its label, and
the probabilities or logits of all classes, or the predicted class with its confidence.
"""
IMPORT_EXAMPLES = """\
  fencepost import predictions.csv --images /data/photos
  fencepost import logits.parquet --columns path=file label=y "probs=logit_*" --logits
What each column is taken for is printed before anything is written. docs/bring.md has the lines
that write such a table with PyTorch, timm, Hugging Face, fastai, Lightning and Keras.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """The exit code; errors that a user can mend are one line."""
    given = list(sys.argv[1:] if argv is None else argv)
    if given and not given[0].startswith("-"):
        name, *rest = given
        if name not in COMMANDS:
            print(
                f"fencepost: there is no command {name!r}: choose {', '.join(COMMANDS)}, or none "
                "to start the dashboard.",
                file=sys.stderr,
            )
            return 2
        return COMMANDS[name](rest)
    return start(given)


def start(argv: Sequence[str]) -> int:
    """The dashboard, until it is stopped."""
    _, options = _parser("fencepost", START, ENVIRONMENT, version=True).parse_known_args(argv)
    from core import artifacts

    try:
        shadows.require("dashboard")
    except ImportError as error:
        return _refused(error)
    print(f"Fencepost {__version__}. Runs and all else are kept in {artifacts.root()}", flush=True)
    from streamlit.web import cli

    app = Path(artifacts.REPOSITORY) / "dashboard" / "app.py"
    return cli.main(["run", str(app), *options], prog_name="fencepost") or 0


def train(argv: Sequence[str]) -> int:
    """The same as train.py."""
    from core.training import command

    return command.main(argv, prog="fencepost train")


def predict(argv: Sequence[str]) -> int:
    """A trained network's answers, as a run."""
    from core.training import command

    return command.predict(argv)


def bring(argv: Sequence[str]) -> int:
    """A table of predictions, as a run."""
    parser = _parser("fencepost import", IMPORT, IMPORT_EXAMPLES)
    parser.add_argument("table", metavar="TABLE", help="CSV, TSV, Parquet, JSON lines or npz")
    parser.add_argument("--images", default="", metavar="DIR", help="the folder of the images")
    parser.add_argument("--name", default="", help="what the run is called [the table's name]")
    parser.add_argument("--logits", action="store_true", help="they are no probabilities yet")
    parser.add_argument(
        "--columns", nargs="+", default=[], metavar="ROLE=NAME",
        help="path, label, split, pred, confidence, probs (NAME,NAME or p_*), features",
    )  # fmt: skip
    parser.add_argument(
        "--classes", default="", metavar="NAMES",
        help="in the order of the probabilities: cat,dog, or a file with a name a line, or JSON",
    )  # fmt: skip
    parser.add_argument("--features", default="", metavar="FILE.npy", help="a row for each image")
    parser.add_argument(
        "--features-by", default="", metavar="MODEL[=WEIGHTS]",
        help="features by a published network, as resnet18, where the table has none",
    )  # fmt: skip
    parser.add_argument("--again", action="store_true", help="also if it is a run already")
    options = vars(parser.parse_args(argv))
    from core.errors import FencepostError
    from fencepost import tables

    try:
        options["columns"] = tables.pairs(options["columns"])
        print(tables.from_table(options.pop("table"), tell=print, **options))
    except (FencepostError, OSError) as error:
        return _refused(error)
    return 0


def runs(argv: Sequence[str]) -> int:
    """A line a run."""
    _parser("fencepost runs", "List the runs: id, name, data set, right on test, day.").parse_args(
        argv
    )
    from core import artifacts
    from fencepost.looking import list_runs

    found = list_runs()
    print(f"{found}\nin {artifacts.runs_dir()}")
    return 0


def export(argv: Sequence[str]) -> int:
    """Write a run's network as others load it."""
    from core.errors import FencepostError
    from fencepost.looking import open_run

    parser = _parser(
        "fencepost export",
        "Write a run's network, with the head that it has there, as other libraries load it; then "
        "compare it, in a process of its own, with the run on 200 test images.",
    )
    parser.add_argument("run", metavar="RUN", help="its id, as `fencepost runs` says it")
    parser.add_argument(
        "--to", default="", metavar="FORM",
        help="torchvision, timm, onnx, huggingface, safetensors, or head: the last layer alone "
        "[the form it came in]",
    )  # fmt: skip
    parser.add_argument("--output", metavar="FOLDER", help="a new folder [RUN-FORM]")
    parser.add_argument("--no-proof", action="store_true", help="compare nothing")
    options = parser.parse_args(argv)
    try:
        from fencepost.taking import export as make

        made = make(
            open_run(options.run), options.to, options.output or ".", proof=not options.no_proof
        )
        print(made)
    except (FencepostError, OSError) as error:
        return _refused(error, Path(options.output or ".").absolute())
    return 0 if made.proof.holds or options.no_proof or not made.proof.n else 1


def report(argv: Sequence[str]) -> int:
    """Write the report of a fix."""
    parser = _parser("fencepost report", "Write the report of a fix as one HTML page.")
    parser.add_argument("run", metavar="RUN", help="the id of the fix, as `fencepost runs` says it")
    parser.add_argument("--before", metavar="RUN", help="the run to compare with [its parent]")
    parser.add_argument("--concept", default="", metavar="NAME", help="the concept [the fix's own]")
    parser.add_argument("--split", default="test", metavar="SPLIT", help="the images [test]")
    parser.add_argument("--output", metavar="FILE", help="where to write it [RUN.html]")
    options = parser.parse_args(argv)
    from core.errors import FencepostError
    from fencepost.looking import open_run
    from fencepost.proof import report as make

    try:
        after = open_run(options.run)
        before = open_run(options.before or _parent(after))
        made = make(before, after, split=options.split, concept=options.concept)
        print(made.save(options.output or f"{after.id}.html"))
    except (FencepostError, OSError) as error:
        return _refused(error, Path(options.output or ".").absolute())
    return 0


def _parent(after: Run) -> str:
    from core.errors import RunError

    if parent := str(after.meta.get("parent") or ""):
        return parent
    raise RunError(f"Run {after.id} is no fix of another run: say --before RUN to compare it with.")


def _refused(error: FencepostError | OSError | ImportError, place: Path | None = None) -> int:
    """Say in one line what stood in the way; `place` is where it was to be written."""
    from core import artifacts

    said = str(error) if isinstance(error, ImportError) else artifacts.in_words(error, place)
    print(f"fencepost: {said}", file=sys.stderr)
    return 1


def _parser(
    prog: str, about: str, after: str = "", *, version: bool = False
) -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog=prog,
        usage="%(prog)s [options]" if version else None,
        description=about,
        epilog=after,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    if version:
        made.add_argument("--version", action="version", version=f"fencepost {__version__}")
    return made


COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "train": train,
    "predict": predict,
    "import": bring,
    "runs": runs,
    "report": report,
    "export": export,
}
