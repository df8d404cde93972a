"""What a part of the campaign found."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Figures:
    """How often a part tried something, and what went wrong; the goal is nothing."""

    part: str
    tried: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    def end(self, how: str) -> None:
        """One more try, and how it ended."""
        self.tried += 1
        self.ends[how] += 1

    def say(self, what: str) -> None:
        """Something went wrong."""
        self.wrong.append(what)
        print(f"  WRONG {self.part}: {what[:300]}", flush=True)

    def show(self) -> None:
        ends = ", ".join(f"{how} {n:,}" for how, n in self.ends.most_common())
        seconds = time.monotonic() - self.began
        print(
            f"{self.part}: {self.tried:,} tried, {len(self.wrong)} wrong, {seconds:.0f} s: {ends}"
        )
