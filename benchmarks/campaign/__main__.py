"""`python -m benchmarks.campaign [--short] [part ...]`: the parts, one after another."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from benchmarks.campaign import kills, pages, refusals, requests
from benchmarks.campaign.figures import Figures

Part = Callable[[Path, bool], Figures]
# Those that fork come first: what others start, such as DuckDB's threads, no fork survives.
PARTS: Mapping[str, Part] = {
    "trainings": kills.trainings,
    "writes": kills.at_writes,
    "random": kills.at_random,
    "pages": pages.without_disk,
    "damage": pages.damaged,
    "addresses": pages.addresses,
    "refusals": refusals.refuse,
    "disk": refusals.small_disk,
    "requests": requests.fuzzed,
}


def run(part: str, *, short: bool) -> Figures:
    """One part, in a folder of its own that goes afterwards."""
    with tempfile.TemporaryDirectory(prefix="campaign-") as place:
        return PARTS[part](Path(place), short)


def main(argv: Sequence[str]) -> int:
    """1 where anything went wrong."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.campaign")
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="[all]")
    parser.add_argument("--short", action="store_true", help="some of each, as the tests do")
    options = parser.parse_args(argv)
    found = [run(part, short=options.short) for part in PARTS if part in (options.parts or PARTS)]
    print("\n| part | tried | how it ended | wrong |\n|---|---|---|---|")
    for each in found:
        ends = ", ".join(f"{how} {n:,}" for how, n in each.ends.most_common())
        print(f"| {each.part} | {each.tried:,} | {ends} | {len(each.wrong)} |")
    return int(any(each.wrong for each in found))


if __name__ == "__main__":
    if hasattr(os, "nice"):
        os.nice(5)
    sys.exit(main(sys.argv[1:]))
