"""`shown` of load.py: the source that cuts a picture as the network was shown those of its run."""

from __future__ import annotations

from core.models.preprocessing import Preprocessing

INTERPOLATIONS = {"bilinear": "BILINEAR", "bicubic": "BICUBIC", "nearest": "NEAREST",
                  "box": "BOX", "hamming": "HAMMING", "lanczos": "LANCZOS"}  # fmt: skip
SHOWN = '''\
def shown(path):
    """(1, 3, side, side) float32: what the network is shown of a picture."""
    with Image.open(path) as file:
        image = ImageOps.exif_transpose(file).convert("RGB")
{cut}    pixels = np.asarray(image, dtype=np.float32).transpose(2, 0, 1) / 255
    pixels = (pixels - np.array(MEAN)[:, None, None]) / np.array(STD)[:, None, None]
    return pixels[None].astype(np.float32)


'''
SQUARE = """\
    side = min(image.size)
    left, top = ((length - side) / 2 for length in image.size)
    box = (left, top, left + side, top + side)
    image = image.resize(({size}, {size}), Image.Resampling.BILINEAR, box, reducing_gap=3.0)
"""
CUT = """\
    {sides}
    image = image.resize(sides, Image.Resampling.{interpolation})
    left, top = (round((length - {size}) / 2) for length in image.size)
{border}    image = image.crop((left, top, left + {size}, top + {size}))
"""
BORDER = """\
    canvas = Image.new("RGB", ({size}, {size}), tuple(round(255 * mean) for mean in MEAN))
    canvas.paste(image, (-left, -top))
    image, left, top = canvas, 0, 0
"""
SIDES = {
    "centre": "shorter = min(image.size)\n    sides = [{resize} if s == shorter else "
    "int({resize} * s / shorter) for s in image.size]",
    "squash": "sides = ({resize}, {resize})",
    "border": "longer = max(image.size)\n    sides = [round(s * {resize} / longer) for s in "
    "image.size]",
}


def source(view: Preprocessing) -> str:
    """The function `shown`; it needs np, Image, ImageOps, MEAN and STD."""
    return SHOWN.format(cut=_cut(view))


def _cut(view: Preprocessing) -> str:
    if view.cut == "square":
        return SQUARE.format(size=view.size)
    return CUT.format(
        sides=SIDES[view.cut].format(resize=view.resize),
        interpolation=INTERPOLATIONS[view.interpolation],
        border=BORDER.format(size=view.size) if view.cut == "border" else "",
        size=view.size,
    )
