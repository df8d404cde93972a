"""A concept in words: the training images that a CLIP-like model finds most like a phrase.

Such a model (Radford et al., 2021) has pictures and texts in one space. It is optional, and what
it says is no proof: it suggests picks, a person corrects them, and the verdict comes from what is
learned of them in the run's own features. Nothing is downloaded here, and no pickle is opened.
"""

from __future__ import annotations

import hashlib
import os
import re
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
from filelock import FileLock

from core import artifacts, queries
from core.datasets import ProgressCallback
from core.errors import ConceptError
from core.inference import cache
from core.models import lazy_torch
from core.runs import Run
from core.runs import images as run_images

LIBRARY = "transformers"
BIN = ".venv/bin/" if artifacts.CHECKOUT else ""  # as README has it
# OpenAI's own ViT-B/32 is kept on the hub as pickle alone; this one is as large, and MIT-licensed.
MODEL = "laion/CLIP-ViT-B-32-laion2B-s34B-b79K"
WEIGHTS = "model.safetensors"
ON_THE_HUB = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
PICKS = 10
FEWEST = 6  # training images, three for each list
PROMPTS = ("{}", "a photo of {}", "a picture of {}")  # their mean tells better than each alone
CHUNK = 65_536  # rows compared at a time


def model_name() -> str:
    """The model asked for: what FENCEPOST_CLIP names, on the hub or as a folder, or our own."""
    return os.environ.get("FENCEPOST_CLIP") or MODEL


def commands() -> tuple[str, str]:
    """What installs the library, and what downloads the model."""
    name = model_name()
    name = name if ON_THE_HUB.fullmatch(name) else MODEL
    return (
        f"{BIN}pip install {LIBRARY}",
        f'{BIN}hf download {name} {WEIGHTS} "*.json" "*.txt"',
    )


def missing() -> str:
    """Why words cannot be used here, "" where they can; looks at files, imports nothing."""
    if problem := lazy_torch.missing():
        return problem
    if find_spec(LIBRARY) is None:
        return f"The library {LIBRARY} is not installed."
    try:
        folder()
    except ConceptError as error:
        return str(error)
    return ""


def folder() -> Path:
    """Where the files of the model are.

    Raises:
        ConceptError: it is not on this machine, or not in a form that runs no code.
    """
    name = model_name()
    found = Path(name).expanduser()
    found = found if found.is_dir() else _downloaded(name)
    if not (found / WEIGHTS).is_file():
        raise ConceptError(
            f"The model in {found} has no {WEIGHTS}, the only weights that are read: others may "
            "run code when they are opened."
        )
    if not (found / "config.json").is_file():
        raise ConceptError(f"The model in {found} has no config.json: download all of it.")
    return found


def _downloaded(name: str) -> Path:
    """The newest download of a model, where the hub's own tools keep it."""
    if not ON_THE_HUB.fullmatch(name):
        raise ConceptError(f"FENCEPOST_CLIP names {name}, and there is no such folder.")
    kept = _hub() / f"models--{name.replace('/', '--')}"
    try:
        revision = (kept / "refs" / "main").read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        revision = ""
    found = kept / "snapshots" / revision
    if not re.fullmatch(r"[0-9a-f]{6,64}", revision) or not found.is_dir():
        raise ConceptError(f"The model {name} is not downloaded.")
    return found


def _hub() -> Path:
    home = os.environ.get("HF_HOME") or (
        os.environ.get("XDG_CACHE_HOME", "~/.cache") + "/huggingface"
    )
    return Path(os.environ.get("HF_HUB_CACHE") or f"{home}/hub").expanduser()


def prepare(run: Run, progress: ProgressCallback | None = None) -> None:
    """Do what takes long, so that `suggest` does not: embed the images, open the model.

    Raises:
        ConceptError, DatasetError: as `suggest`.
    """
    from core.concepts.words import clip  # torch and transformers: seconds

    embed(run, progress)
    clip.open_towers(folder(), _digest(folder()))


def embed(run: Run, progress: ProgressCallback | None = None) -> np.ndarray:
    """(M, D) float16 of length 1: the training images of a run in row order, memory-mapped.

    Computed once for a data set and a model; goes on where an earlier call was stopped. A row is
    not-a-number where an image can no longer be read.

    Raises:
        ConceptError: the model is missing or damaged.
        DatasetError: the images are not on this machine.
    """
    images, digest = _training(run), _digest(folder())
    name = _key(run, images, digest)
    artifacts.features_dir().mkdir(parents=True, exist_ok=True)
    # Two tabs may ask at once: the second waits for the first, and finds its work.
    with FileLock(artifacts.features_dir() / f".{name}.lock"):
        found = cache.load(name)
        if found is None:
            from core.concepts.words import clip

            opened = clip.open_towers(folder(), digest)
            found = clip.embed_images(name, run, images, opened, progress)
    return found.values


def suggest(run: Run, phrase: str, n: int = PICKS) -> tuple[np.ndarray, np.ndarray]:
    """Training images to learn a phrase from: rows that may show it, and rows that may lack it.

    `n` of train that the model finds most like the phrase; against them, from the same classes in
    the same numbers, those that it finds least like it, so that the two differ within a class.
    Nobody has seen them yet, and the model may be wrong about every one: look through both.

    Raises:
        ConceptError: no phrase, a phrase too long for the model, too few images, no model.
        DatasetError: the images are not on this machine.
    """
    words = " ".join(phrase.split())
    if not words:
        raise ConceptError("There are no words: say what to look for, such as chain-link fence.")
    vectors = embed(run)
    scores = _likeness(vectors, describe(words))
    images = _training(run)
    rows, labels = images["row"].to_numpy(), images["label"].to_numpy()
    shows, without = _picks(scores, labels, n)
    return rows[shows], rows[without]


def describe(phrase: str) -> np.ndarray:
    """(D,) float32 of length 1: the phrase, as the mean over a few ways to say it.

    Raises:
        ConceptError: it is longer than the model reads, or there is no model.
    """
    from core.concepts.words import clip

    opened = clip.open_towers(folder(), _digest(folder()))
    vectors = clip.embed_texts(opened, [prompt.replace("{}", phrase) for prompt in PROMPTS])
    mean = vectors.mean(axis=0)
    return mean / max(float(np.linalg.norm(mean)), 1e-12)


def _training(run: Run) -> pd.DataFrame:
    sql = "SELECT row, \"index\", label FROM run WHERE split = 'train' ORDER BY row"
    return queries.ask(run, sql)


def _likeness(vectors: np.ndarray, text: np.ndarray) -> np.ndarray:
    """(M,) float32 cosines; a part at a time, as the vectors may not fit in memory."""
    parts = range(0, len(vectors), CHUNK)
    found = [vectors[at : at + CHUNK].astype(np.float32) @ text for at in parts]
    return np.concatenate([np.zeros(0, dtype=np.float32), *found])


def _picks(scores: np.ndarray, labels: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Places of the n highest scores, and of the lowest of the same classes."""
    readable = np.flatnonzero(np.isfinite(scores))
    if len(readable) < FEWEST:
        raise ConceptError(
            f"Only {len(readable)} of the training images can be read, too few to suggest from: "
            "choose a run with more readable training images."
        )
    ordered = readable[np.argsort(-scores[readable], kind="stable")]
    shows = ordered[: min(n, len(ordered) // 2)]
    others = ordered[len(shows) :][::-1]
    of_class = zip(*np.unique(labels[shows], return_counts=True), strict=True)
    lowest = np.concatenate([others[labels[others] == k][:count] for k, count in of_class])
    return shows, lowest[np.argsort(scores[lowest], kind="stable")]


def _key(run: Run, images: pd.DataFrame, digest: str) -> str:
    view = run_images.view_of(run)
    numbers = np.ascontiguousarray(images["index"], dtype=np.int64).tobytes()
    return cache.key(
        dataset=run.dataset,
        fingerprint=run.fingerprint,
        words=digest,
        images=hashlib.sha256(numbers).hexdigest(),
        **({} if view.cut == "square" else {"view": view.to_dict()}),
    )


def _digest(model: Path) -> str:
    """Which model: its weights, and how it prepares pictures; a revision may be anything."""
    names = (WEIGHTS, "config.json", "preprocessor_config.json", "processor_config.json")
    files = [model / name for name in names if (model / name).is_file()]
    return _read_through(
        tuple((str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in files)
    )


@lru_cache(maxsize=4)  # 600 MB take about a second: once while the files stay as they are
def _read_through(files: tuple[tuple[str, int, int], ...]) -> str:
    whole = hashlib.sha256()
    for path, _, _ in files:
        with open(path, "rb") as file:
            whole.update(hashlib.file_digest(file, "sha256").digest())
    return whole.hexdigest()
