"""Time of day, season and weather: the colours they give to sky, ground, leaves and light."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.datasets.scenes.canvas import SIDE
from core.datasets.scenes.colours import WHITE, Colour, jitter, mix

# Time of day: top of the sky, foot of the sky, and what its light does to red, green and blue.
TIMES: dict[str, tuple[Colour, Colour, tuple[float, float, float]]] = {
    "day": ((84, 152, 220), (200, 228, 244), (1.0, 1.0, 1.0)),
    "morning": ((124, 172, 218), (252, 226, 196), (1.02, 1.0, 0.96)),
    "evening": ((104, 104, 164), (252, 178, 118), (1.04, 0.95, 0.87)),
    "dusk": ((84, 92, 148), (206, 164, 178), (0.84, 0.86, 0.97)),
}
SEASONS: dict[str, tuple[Colour, tuple[Colour, ...]]] = {
    "spring": ((126, 176, 86), ((112, 170, 84), (150, 190, 96), (236, 190, 204))),
    "summer": ((132, 168, 76), ((66, 126, 72), (86, 142, 74), (52, 108, 78))),
    "autumn": ((176, 152, 88), ((208, 124, 52), (192, 88, 48), (216, 168, 72), (120, 128, 66))),
    "winter": ((228, 234, 240), ((74, 104, 96), (92, 118, 112), (120, 112, 108))),
}
CLOUD_GREY = (176, 184, 192)
PALE = 0.42


@dataclass(frozen=True)
class Mood:
    """What the light is like in one picture."""

    time: str
    weather: str
    season: str
    high: Colour
    low: Colour
    grass: Colour
    leaves: tuple[Colour, ...]
    light: float  # the side that it comes from: -1 left, 1 right

    @property
    def tint(self) -> np.ndarray:
        return np.array(TIMES[self.time][2], dtype=np.float32)


def pick_mood(rng: np.random.Generator) -> Mood:
    time = str(rng.choice(list(TIMES), p=[0.7, 0.15, 0.11, 0.04]))
    season = str(rng.choice(list(SEASONS), p=[0.25, 0.4, 0.2, 0.15]))
    falling = "snow" if season == "winter" else "rain"
    chances = [0.46, 0.38, 0.09, 0.03, 0.04]
    weather = str(rng.choice(["clear", "cloudy", "overcast", "fog", falling], p=chances))
    grey = {"clear": 0.0, "cloudy": 0.1, "overcast": 0.65, "fog": 0.7}.get(weather, 0.6)
    high, low, _ = TIMES[time]
    grass, leaves = SEASONS[season]
    return Mood(
        time=time,
        weather=weather,
        season=season,
        high=jitter(rng, mix(high, CLOUD_GREY, grey), 7),
        low=jitter(rng, mix(low, (224, 228, 230), grey), 5),
        grass=jitter(rng, grass, 9),
        leaves=tuple(jitter(rng, leaf, 8) for leaf in leaves),
        light=float(rng.choice([-1, 1])),
    )


def wash(mood: Mood, horizon: float, ground: tuple[Colour, Colour]) -> np.ndarray:
    """The colours of the 96 rows: sky down to the horizon, then ground from far to near."""
    rows = np.arange(SIDE)[:, None]
    above = np.clip(rows / max(horizon, 1), 0, 1) ** 1.2
    below = np.clip((rows - horizon) / max(SIDE - horizon, 1), 0, 1)
    high, low, far, near = (
        np.array(c[:3], dtype=np.float64) for c in (mood.high, mood.low, *ground)
    )
    return np.where(rows < horizon, high + (low - high) * above, far + (near - far) * below)


def haze(picture: np.ndarray, mood: Mood, horizon: float) -> None:
    """Let fog, and a little haze on any day, swallow what is far.

    The whole background is washed paler than the subject, which so stands out from it.
    """
    thick = {"fog": 0.72, "rain": 0.3, "snow": 0.35, "overcast": 0.18}.get(mood.weather, 0.08)
    rows = np.arange(SIDE, dtype=np.float32)
    share = thick * np.exp(-np.abs(rows - horizon) / 26)
    picture += share[:, None, None] * (np.array(mood.low, dtype=np.float32) - picture)
    picture += PALE * (np.array(mix(mood.low, WHITE, 0.5), dtype=np.float32) - picture)


def rain_or_snow(picture: np.ndarray, mood: Mood, rng: np.random.Generator) -> None:
    """Streaks of rain or flakes of snow in front of everything."""
    if mood.weather not in ("rain", "snow"):
        return
    drops = np.zeros((SIDE, SIDE), dtype=np.float32)
    count = 60 if mood.weather == "rain" else 90
    rows, columns = rng.integers(0, SIDE, (2, count))
    reach = 6 if mood.weather == "rain" else 1
    for step in range(reach):
        drops[(rows + step) % SIDE, (columns - step // 3) % SIDE] = 0.3 if reach > 1 else 0.85
    picture += drops[..., None] * (np.array((236, 240, 246), dtype=np.float32) - picture)
