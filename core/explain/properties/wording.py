"""What more and less of a property is called, as the end of a sentence about some images."""

from __future__ import annotations

from core.explain.properties.heads import BYTES, PIXELS
from core.explain.properties.measured import ASPECT
from core.explain.properties.pixels import BLOCKS, BORDER, CORNERS, HUES, RED, YELLOW

WORDS = {
    "brightness": ("are brighter", "are darker"),
    "contrast": ("are richer in contrast", "are flatter in contrast"),
    "sharpness": ("are sharper", "are more blurred"),
    YELLOW: ("are yellower", "are bluer"),
    RED: ("are redder", "are greener"),
    "saturation": ("have stronger colours", "have paler colours"),
    BORDER: ("have wider even borders", "have narrower even borders"),
    BLOCKS: ("show more JPEG blocks", "show fewer JPEG blocks"),
    ASPECT: ("are wider for their height", "are taller for their width"),
    PIXELS: ("are larger in pixels", "are smaller in pixels"),
    BYTES: ("have larger files", "have smaller files"),
    **{f"vivid {hue}": (f"have more vivid {hue}", f"have less vivid {hue}") for hue in HUES},
    **{
        f"brightness {at}": (f"are brighter in the {at}", f"are darker in the {at}")
        for at in CORNERS
    },
}
OF_FILES = (BYTES, "format: ")  # said only where nothing that can be seen is clear
VALUES = {"camera": "come from {}", "format": "are {} files"}


def of_number(name: str) -> tuple[str, str]:
    """More and less of a number: one of ours, or a column of anybody's."""
    return WORDS.get(name, (f"have a higher {name}", f"have a lower {name}"))


def of_value(name: str, value: str) -> tuple[str, str]:
    """More and fewer images that have this text."""
    said = VALUES.get(name, f"have {name} {{}}").format(value)
    return f"{said} more often", f"{said} less often"
