"""Which small changes of a package do its tests notice? Each is made alone, and they are run.

    python benchmarks/mutants.py core/evaluation
    python benchmarks/mutants.py core/artifacts.py --tests tests/core/test_artifacts.py
    python benchmarks/mutants.py core/queries --at listing.py:40 --jobs 1
    python benchmarks/mutants.py core/concepts --keep | tee passed.txt
    python benchmarks/mutants.py core/concepts --again passed.txt

A target is a package or a module. Its tests are those of the same name below `tests/`, if `--tests`
names no others; the fewer and faster, the better. `--at` makes only the changes of a file or a
line, `--again` only those that passed before, as the output of that run names them (the others
count as noticed). The changes that passed are printed, one a line. One that nobody can see is
excused by its line, with the reason after a third `|`, in `equivalent_mutants.txt` (the line's
number does not count). `--keep` writes the result of a whole target to `mutants.md`.

Third-party modules are loaded once. Then each change has a fork of its own, in which the module is
loaded as changed, and those tests run that call the changed function, the fastest first, until one
fails: about half a second. What a test starts as a process of its own is not changed. A change that
makes tests hang counts as noticed.
"""

from __future__ import annotations

import argparse
import datetime
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # small arrays; a clean fork
ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import forked_tests  # noqa: E402
from mutations import Change, changes  # noqa: E402

EQUIVALENT = ROOT / "benchmarks/equivalent_mutants.txt"
KEPT = ROOT / "benchmarks/mutants.md"
HEAD = "| target | changes | excused | noticed | passed | score | time | date |"
PATIENCE = 20  # seconds, and twice what the tests take unchanged


@dataclass(frozen=True)
class Result:
    """How the changes of a target went."""

    survivors: list[Change]
    killed: int
    excused: int
    seconds: float

    def row(self, target: str) -> str:
        """As `mutants.md` has it."""
        made = self.killed + len(self.survivors)
        cells = [target, made + self.excused, self.excused, self.killed, len(self.survivors)]
        cells += [f"{self.killed / max(made, 1):.1%}", f"{self.seconds / 60:.1f} min"]
        return "| " + " | ".join(map(str, [*cells, datetime.date.today()])) + " |"


def named(change: Change) -> str:
    return f"{Path(change.path).relative_to(ROOT)} | {change.where or '-'} | {change.text}"


def shown(change: Change) -> str:
    return named(change).replace(" |", f":{change.line} |", 1)


def names_in(path: Path) -> list[str]:
    """What a file names of changes, a line each, without the numbers of their lines."""
    lines = path.read_text().splitlines()
    return [re.sub(r":\d+ \|", " |", line, count=1) for line in lines if line.startswith("core/")]


def excuses() -> set[str]:
    """The names of the changes that nobody can see."""
    return {line.rsplit(" | ", 1)[0] for line in names_in(EQUIVALENT)}


def files_of(target: Path) -> list[Path]:
    return [target] if target.is_file() else sorted(target.rglob("*.py"))


def tests_of(target: Path) -> list[str]:
    """The tests of the target's own name."""
    path = target.relative_to(ROOT)
    test = path if target.is_dir() else path.with_name(f"test_{path.name}")
    return [str("tests" / test)]


def all_changes(target: Path, at: str) -> list[Change]:
    """Every change of the target; those at `file.py` or `file.py:line` alone, if that is given."""
    file, _, line = at.partition(":")
    files = [path for path in files_of(target) if path.name == file or not at]
    found = [change for path in files for change in changes(path.read_text(), str(path))]
    return [change for change in found if not line or change.line == int(line)]


def run(
    made: Sequence[Change],
    watched: forked_tests.Watched,
    folder: Path,
    jobs: int,
    passed_before: Path | None = None,
) -> Result:
    """Make every change, some at the same time, and see which pass the tests.

    Of those that passed before alone, where a file names them: the others count as noticed.
    """
    known, began = excuses(), time.monotonic()
    seen = [change for change in made if named(change) not in known]
    again = set(names_in(passed_before)) if passed_before else {named(change) for change in seen}
    waiting = [change for change in seen if named(change) in again]
    total, running, until, survivors = len(waiting), {}, {}, []
    while waiting or running:
        while waiting and len(running) < jobs:
            change = waiting.pop()
            tests = watched.tests_of(change)
            if not tests:
                survivors.append(change)
                print(shown(change), flush=True)
                continue
            pid = forked_tests.start(change, tests, folder / f"{len(waiting)}")
            running[pid] = change, folder / f"{len(waiting)}"
            usual = sum(watched.seconds.get(test, 0) for test in tests)
            until[pid] = time.monotonic() + PATIENCE + 2 * usual
        if ended := forked_tests.finished(until):
            pid, passed = ended
            del until[pid]
            change, used = running.pop(pid)
            shutil.rmtree(used, ignore_errors=True)
            survivors += [change] * passed
            if passed:
                print(shown(change), flush=True)
            if sys.stderr.isatty():
                print(f"\r{total - len(waiting)} of {total}", end="", file=sys.stderr, flush=True)
    killed, seconds = len(seen) - len(survivors), time.monotonic() - began
    return Result(survivors, killed, len(made) - len(seen), seconds)


def keep(row: str) -> None:
    """Replace the target's row in `mutants.md`, or add it."""
    start = row[: row.index("|", 2) + 1]
    lines = KEPT.read_text().splitlines()
    kept = [line for line in lines if not line.startswith(start)]
    KEPT.write_text("\n".join([*kept, row]) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("target", help="a package or module below core/")
    parser.add_argument("--tests", nargs="+", help="the tests to run, instead of its own")
    parser.add_argument("--at", default="", help="file.py or file.py:line: only changes there")
    parser.add_argument("--again", type=Path, help="a file: only the changes that it names")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--keep", action="store_true", help="write the result to mutants.md")
    options = parser.parse_args()
    options.again = options.again and options.again.absolute()
    os.chdir(ROOT)
    target = ROOT / options.target
    files, tests = files_of(target), options.tests or tests_of(target)
    with tempfile.TemporaryDirectory() as folder:
        watched = forked_tests.watch([str(path) for path in files], tests, Path(folder))
        made = all_changes(target, options.at)
        result = run(made, watched, Path(folder), options.jobs, options.again)
    row = result.row(options.target)
    print(HEAD, row, sep="\n")
    if options.keep and not options.at and not options.again:
        keep(row)


if __name__ == "__main__":
    main()
