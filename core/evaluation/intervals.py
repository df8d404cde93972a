"""The interval of a rate, and how both are written."""

from __future__ import annotations

from math import sqrt

Z95 = 1.959963984540054


def wilson(successes: int, n: int, z: float = Z95) -> tuple[float, float]:
    """The score interval of a rate (Wilson, 1927), 95 % by default; (0, 1) where n is 0.

    To be preferred to p +- z sqrt(p (1-p) / n), which fails near 0 and 1 and for small n.
    By hand (scipy has it as binomtest(...).proportion_ci), as every page starts with one.
    """
    if n == 0:
        return 0.0, 1.0
    p = successes / n
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    # Exactly none and all: rounding would leave a hair, which is then written as more than none.
    return centre - half if successes else 0.0, centre + half if successes < n else 1.0


def span(low: float, high: float, digits: int = 0) -> str:
    """Both ends of the interval of a rate, the one way they are written: `5% to 8%`."""
    return f"{percent(low, digits)} to {percent(high, digits)}"


def percent(rate: float, digits: int = 0) -> str:
    """The rate in percent, never 0% or 100% where it is not: `>99.9%`."""
    least = 10.0 ** -(digits + 2)
    if 0 < rate <= least / 2:
        return f"<{least:.{digits}%}"
    if 1 - least / 2 <= rate < 1:
        return f">{1 - least:.{digits}%}"
    return f"{rate:.{digits}%}"
