"""The colours of dashboard/.streamlit/config.toml: what is written can be read."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

CONFIG = Path(__file__).resolve().parents[2] / "dashboard" / ".streamlit" / "config.toml"
THEME = tomllib.loads(CONFIG.read_text(encoding="utf-8"))["theme"]
CAPTION = 0.6  # how much of the text's colour Streamlit gives a caption
READABLE = 4.5  # WCAG 2.1, level AA


def rgb(colour: str) -> list[float]:
    return [int(colour[k : k + 2], 16) for k in (1, 3, 5)]


def luminance(colour: list[float]) -> float:
    parts = [v / 255 for v in colour]
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(front: list[float], back: list[float]) -> float:
    high, low = sorted((luminance(front), luminance(back)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("look", ["light", "dark"])
def test_captions_can_be_read_on_the_page_and_in_the_sidebar(look):
    text = rgb(THEME[look]["textColor"])
    for back in (THEME[look], THEME[look]["sidebar"]):
        behind = rgb(back["backgroundColor"])
        mixed = [CAPTION * t + (1 - CAPTION) * b for t, b in zip(text, behind, strict=True)]
        assert contrast(mixed, behind) >= READABLE


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("kind", ["blue", "green", "yellow"])
def test_messages_can_be_read(look, kind):
    front, back = (rgb(THEME[look][f"{kind}{part}Color"]) for part in ("Text", "Background"))
    assert contrast(front, back) >= READABLE
