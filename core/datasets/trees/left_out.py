"""What of a folder becomes no row, counted by reason: images and these are all its files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from core.datasets.trees import listing
from core.datasets.trees.layout import Tree
from core.datasets.trees.listing import HEIF, Seen

NO_IMAGE = "no image that can be read"
LEFT = "left by a NAS, a system or a tool"
BESIDE = "an image beside the class folders"
NAMED = 12  # suffixes that a note spells out


def counted(seen: Sequence[Seen], trees: Sequence[Tree]) -> dict[str, int]:
    """Reason -> number of files, of everything that the walks met and took for no image."""
    found: Counter[str] = Counter()
    for each in seen:
        for suffix, n in each.others.items():
            found[f"{NO_IMAGE}: {suffix or 'without a suffix'}"] += n
        for name, n in each.left.items():
            found[f"{LEFT}: {name}"] += n
    for tree in trees:
        for name, n in listing.left_in(tree.path).items():
            found[f"{LEFT}: {name}"] += n
        found[BESIDE] += listing.direct_images(tree.path)
    return {reason: n for reason, n in found.most_common() if n}


def notes(
    left_out: Mapping[str, int], seen: Sequence[Seen], trees: Sequence[Tree], root: Path
) -> Iterable[str]:
    """The same in a sentence each."""
    if n := sum(_of(left_out, NO_IMAGE).values()):
        yield f"{_files(n)} left out, as no image that can be read: {in_words(left_out)}."
    if left := _of(left_out, LEFT):
        yield (
            f"{_files(sum(left.values()))} left out, as a NAS, a system or a tool left them there: "
            f"{_spelled(left)}."
        )
    if n := left_out.get(BESIDE):
        where = ", ".join(_below(root, tree.path) for tree in trees)
        yield f"{_files(n, 'image')} left out, beside the class folders of {where}, not in one."
    if circles := [link for each in seen for link in each.circles]:
        yield (
            f"{_files(len(circles), 'link')} not followed, as what it leads to is read already, "
            f"holds the link itself or may hold no data: {_below(root, Path(circles[0]))}"
            f"{' ...' if len(circles) > 1 else ''}."
        )


def in_words(left_out: Mapping[str, int]) -> str:
    """The files that are no images, by suffix; "" where there are none."""
    found = _of(left_out, NO_IMAGE)
    needs = " (HEIC needs a package of its own: pip install pillow-heif)"
    return _spelled(found) + (needs if set(found) & set(HEIF) else "")


def _of(left_out: Mapping[str, int], kind: str) -> dict[str, int]:
    """What is left out for one kind of reason, by what the reason names."""
    begin = f"{kind}: "
    return {r.removeprefix(begin): n for r, n in left_out.items() if r.startswith(begin)}


def _spelled(found: Mapping[str, int]) -> str:
    shown = [f"{n:,} {name}" for name, n in list(found.items())[:NAMED]]
    return ", ".join([*shown, *(["..."] if len(found) > NAMED else [])])


def _files(n: int, what: str = "file") -> str:
    return f"1 {what} is" if n == 1 else f"{n:,} {what}s are"


def _below(root: Path, path: Path) -> str:
    return f"{path.relative_to(root)}/" if path != root else f"{root.name}/"
