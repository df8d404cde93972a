"""Tables of ten images, five of a cat and five of a dog, as people write them."""

from core.datasets import load_dataset

CATS, DOGS = [f"img/c{k}.png" for k in range(5)], [f"img/d{k}.png" for k in range(5)]
ROWS = [*((path, "cat") for path in CATS), *((path, "dog") for path in DOGS)]
FOUND = (("cat", "dog"), 8, 2)  # what `counts` gives of all ten, split by class


def table(folder, text, name="labels.csv", encoding="utf-8"):
    (folder / name).write_bytes(text.encode(encoding))
    return f"csv:{folder / name}"


def lines(rows, head="filename,label", separator=","):
    return "\n".join([head, *(separator.join(map(str, row)) for row in rows)]) + "\n"


def counts(name):
    found = load_dataset(name)
    return found.classes, len(found.train), len(found.test)
