"""Trees of small image files."""

from PIL import Image


def draw(path, colour=(200, 30, 30), size=(40, 30), mode="RGB", **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, colour).convert(mode).save(path, **options)


def tree(root, *paths):
    for path in paths:
        draw(root / path)
    return f"folder:{root}"
