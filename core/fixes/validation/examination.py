"""What a stack of fixes is judged by: validation images, real ones and imagined ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.concepts.presence import Concept, Presence
from core.evaluation.paired import Change, change
from core.fixes.imagined.transplant import kept_content, move_of
from core.fixes.source import Source
from core.fixes.validation import objective
from core.fixes.validation.objective import Head, Held

# How images with a concept may be imagined, and by which of it a fix is judged: not its own.
MOVED, LAID, BOTH = "moved", "laid", "both"
OTHER = {"overlay": MOVED, "transplant": LAID}
ALL, HALVES = slice(None), (slice(0, None, 2), slice(1, None, 2))  # of the held-out images


@dataclass(frozen=True)
class Examination:
    """Validation as it judges.

    Attributes:
        by: way of imagining -> the groups; BOTH is always there.
        shows: (M,) which of the images show the concept; None without one.
        carriers: the classes that it was picked in.
        notes: what it is made of, a sentence each.
    """

    by: Mapping[str, Held]
    shows: np.ndarray | None
    carriers: tuple[int, ...]
    notes: tuple[str, ...]

    def of(self, method: str) -> Held:
        """What one fix is judged by: images imagined by a move that it does not use."""
        return self.by.get(OTHER.get(method, BOTH), self.by[BOTH])

    def gained(self, before: Head, after: Head) -> Mapping[str, Change]:
        """What images of other classes with the concept gain, real and imagined ones alike.

        By way of imagining, each a judge of its own; empty without a concept.
        """
        if self.shows is None:
            return {}
        ways = [way for way in self.by if way != BOTH] or [BOTH]
        return {
            way: _change(_with_concept(self.by[way], self.carriers), before, after) for way in ways
        }

    def lost(self, before: Head, after: Head) -> Change:
        """What images without the concept gain or lose."""
        held = self.by[BOTH]
        return _change([(held.z[held.plain], held.labels[held.plain])], before, after)


def _with_concept(held: Held, carriers: tuple[int, ...]) -> list[tuple[np.ndarray, np.ndarray]]:
    return [
        (z, np.full(len(z), label))
        for (label, shows), z in held.groups.items()
        if shows and label not in carriers
    ]


def _change(parts: Sequence[tuple[np.ndarray, np.ndarray]], before: Head, after: Head) -> Change:
    counts = np.zeros((2, 2), dtype=int)
    for z, labels in parts:
        old, new = (objective.right(z, labels, head).astype(int) for head in (before, after))
        np.add.at(counts, (old, new), 1)
    return change(*(int(counts[k]) for k in ((0, 1), (1, 0), (1, 1), (0, 0))))


def examination(
    source: Source,
    concepts: Mapping[str, Concept],
    found: Mapping[str, Presence],
    laid: Callable[[str], np.ndarray] | None = None,
    part: slice = ALL,
) -> Examination | None:
    """The held-out images to choose strengths on, by the first of the concepts.

    Args:
        laid: the raw features (M, D) of the held-out images with a concept's look laid over them.
        part: which of the held-out images; all if not given.
    """
    held = source.held[part]
    if not len(held):
        return None
    z, labels = source.scale.standardise(source.features[held]), source.labels(held)
    head = (source.material.weight, source.material.bias)
    if not found:
        note = f"Strengths were chosen on {len(z):,} validation images, by class."
        return Examination({BOTH: objective.held_of(z, labels, head)}, None, (), (note,))
    name, who = next(iter(found.items()))
    material = source.material
    move = move_of(material.z, material.labels, who, source.scale.floor)
    kept, n = kept_content(material.z, material.labels, who, move)
    shows = objective.shows_in(who, concepts[name].scores(source.features[held]), labels)
    by = {MOVED: objective.held_of(z, labels, head, shows, move, kept)}
    by[BOTH] = by[MOVED]
    if laid and by[MOVED].imagined:
        look = source.scale.standardise(laid(name)[part])
        by[LAID] = objective.held_of(z, labels, head, shows, laid=look)
        by[BOTH] = objective.held_of(z, labels, head, shows, move, kept, look)
    notes = [f"Strengths were chosen on {len(z):,} validation images, by class and “{name}”."]
    if by[BOTH].imagined:
        notes.append(_imagined(source, name, who, by, kept, n))
    return Examination(by, shows, who.carriers, tuple(notes))


def _imagined(
    source: Source, name: str, who: Presence, by: Mapping[str, Held], kept: float, n: int
) -> str:
    names = source.run.classes
    said = (
        f"Too few validation images of {_some([names[c] for c in by[BOTH].imagined])} show "
        f"“{name}”, so imagined ones stand in: real images of these classes whose features "
        f"were moved as the concept moves those of {_some([names[c] for c in who.carriers])}. "
        f"They keep {kept:.0%} of their own content, an estimate from experience"
        + (f" and from {_counted(n)} of other classes with the concept." if n else ".")
    )
    if LAID in by:
        said += (
            " Others had its look laid over them in pixels. No fix chose its strength by the move "
            "that it uses itself."
        )
    return said


def _some(names: Sequence[str], most: int = 3) -> str:
    """The names, or the first of many and how many more there are."""
    more = len(names) - most
    return ", ".join(names) if more < 2 else f"{', '.join(names[:most])} and {more} more classes"


def _counted(n: int) -> str:
    return f"{n:,} training image{'' if n == 1 else 's'}"
