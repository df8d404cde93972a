"""What a concept is made of while a person makes it, as it is written down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.concepts.held_out import HeldOut

BY_ERRORS = "what sets those errors apart"


@dataclass(frozen=True)
class Draft:
    """What a concept is made of; `kept` is the name it is stored under, if it is, `base` as what.

    `working` is what it is called where nobody gives it a `name`.

    `shows` and `without` are rows of the run's table; `channel` stands where it is made of one.
    `origin` says what suggested the picks, `ranked` by what it ranked the images, `corrected`
    whether a person has changed them since. `held_out` says which images suggested them and which
    are left to test them, where errors suggested them.
    """

    run_id: str
    name: str = ""
    shows: tuple[int, ...] = ()
    without: tuple[int, ...] = ()
    channel: int | None = None
    origin: str = ""
    ranked: str = BY_ERRORS
    kept: str = ""
    base: str = ""
    threshold: float | None = None
    corrected: bool = False
    held_out: HeldOut | None = None
    working: str = ""

    @property
    def called(self) -> str:
        """The name that it is saved under; empty where it needs one first."""
        return self.name.strip() or self.working

    @property
    def has_picks(self) -> bool:
        """Whether there is anything to learn from."""
        return bool(self.shows or self.without or self.channel is not None)


def from_json(run_id: str, found: dict[str, Any]) -> Draft | None:
    """The draft of a run that was written down; None where it is damaged or empty."""
    rows = {key: tuple(map(int, found[key])) for key in ("shows", "without")}
    given: dict[str, Any] = found | rows | {"held_out": HeldOut.from_json(found.get("held_out"))}
    draft = Draft(**given)
    texts = (draft.name, draft.working, draft.origin, draft.ranked, draft.kept, draft.base)
    numbers = (draft.channel, draft.threshold)
    sound = all(isinstance(text, str) for text in texts)
    sound = sound and all(isinstance(number, int | float | None) for number in numbers)
    return draft if sound and draft.has_picks and draft.run_id == run_id else None
