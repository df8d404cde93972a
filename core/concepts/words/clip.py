"""The two towers of a CLIP-like model: images and texts as vectors of one space."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd
import torch
from PIL import Image
from torch.nn import functional

from core.datasets import ProgressCallback
from core.datasets.picture import square
from core.errors import ConceptError, DatasetError, first_line
from core.inference import cache
from core.inference.cache import Features
from core.inference.decoding import Pixels
from core.models import device
from core.runs import Run
from core.runs import images as run_images
from core.runs.images import FileRunImages

BATCH = 32
NEAR = 448  # pixels a side that a large photograph is decoded to: twice what such models see
SAFE = {"local_files_only": True, "trust_remote_code": False}
LOCK = threading.Lock()  # transformers sets defaults of torch while it opens a model


@dataclass(frozen=True, eq=False)
class Towers:
    """A model on a device, what prepares images and texts for it, and the tokens it reads."""

    model: Any
    see: Any
    read: Any
    reads: int
    where: torch.device


class TrainImages:
    """The training images of a run in order; `problem` says why the last could not be read."""

    def __init__(self, run: Run, numbers: Sequence[int]) -> None:
        self._source, self._numbers, self.problem = run_images.open_images(run), numbers, ""
        self._view = run_images.view_of(run)

    def __len__(self) -> int:
        return len(self._numbers)

    def __getitem__(self, index: int) -> Image.Image | None:
        """What the run's network saw, or None where it can no longer be read."""
        number = int(self._numbers[index])
        near = {"near": NEAR} if isinstance(self._source, FileRunImages) else {}
        try:
            image = self._source.image("train", number, **near).convert("RGB")
        except DatasetError as error:
            self.problem = str(error)
            return None
        left, top, right, bottom = map(round, self._view.seen(*image.size))
        seen = image.crop((left, top, right, bottom)) if self._view.cut != "square" else image
        return Image.fromarray(square(seen, min(NEAR, *seen.size)).transpose(1, 2, 0))


def open_towers(model: Path, digest: str) -> Towers:
    """The model in a folder; the one used last stays open, until its files are others.

    Raises:
        ConceptError: it is damaged, or has not both towers.
    """
    try:
        with LOCK:
            return _opened(str(model), digest)
    except Exception as error:  # transformers raises nearly anything on other files
        raise ConceptError(
            f"The model in {model} cannot be opened ({first_line(error)}): download it again, or "
            "name another one in FENCEPOST_CLIP."
        ) from None


@lru_cache(maxsize=1)
def _opened(folder: str, digest: str) -> Towers:
    from transformers import AutoModel, AutoProcessor
    from transformers.utils import logging

    logging.set_verbosity_error()
    logging.disable_progress_bar()
    model, told = AutoModel.from_pretrained(
        folder, use_safetensors=True, output_loading_info=True, **SAFE
    )
    if not (hasattr(model, "get_image_features") and hasattr(model, "get_text_features")):
        raise ValueError(f"{type(model).__name__} has no tower for images and one for texts")
    if lacking := sorted(told["missing_keys"]):  # they would be random numbers
        raise ValueError(f"its weights lack {lacking[0]}")
    processor = AutoProcessor.from_pretrained(folder, **SAFE)
    reads, where = model.config.get_text_config().max_position_embeddings, device.choose("auto")
    model = model.float().eval().requires_grad_(False).to(where)
    return Towers(model, processor.image_processor, processor.tokenizer, int(reads), where)


@torch.no_grad()
def embed_texts(towers: Towers, texts: Sequence[str]) -> np.ndarray:
    """(N, D) float32 of length 1.

    Raises:
        ConceptError: one of them is longer than the model reads.
    """
    longest = max(len(tokens) for tokens in towers.read(list(texts))["input_ids"])
    if longest > towers.reads:
        raise ConceptError(
            f"The words make {longest} tokens, and the model reads {towers.reads}: use fewer words."
        )
    # Filled up to the whole length, as such models were trained; most look past what is filled.
    inputs = towers.read(
        list(texts), padding="max_length", max_length=towers.reads, return_tensors="pt"
    )
    with _explained():
        return _unit(towers.model.get_text_features(**inputs.to(towers.where)))


def embed_images(
    name: str, run: Run, images: pd.DataFrame, towers: Towers, progress: ProgressCallback | None
) -> Features:
    """The training images of a run, put into the feature cache under this name.

    Raises:
        ConceptError: the machine ran out of something.
        DatasetError: the images are not on this machine.
    """
    train_images = TrainImages(run, images["index"].to_numpy())

    def extract(shown: TrainImages, **options: Any) -> np.ndarray:
        return _fill(towers, shown, **options)

    # Of the pixels the cache asks only how many there are.
    pixels = Pixels(cast(Any, train_images), images, [], np.arange(len(images)))
    width = embed_texts(towers, ["a"]).shape[1]
    return cache.compute(name, pixels, width, extract, progress)


def _fill(
    towers: Towers,
    train_images: TrainImages,
    *,
    out: np.ndarray,
    start: int,
    progress: ProgressCallback | None,
    on_rows: Callable[[int], None],
) -> np.ndarray:
    for first in range(start, len(train_images), BATCH):
        last = min(first + BATCH, len(train_images))
        # Prepared one after the other, so that large photographs are not in memory together.
        shown = [_prepared(towers, train_images[k]) for k in range(first, last)]
        if all(each is None for each in shown) and (first == 0 or len(shown) == BATCH):
            raise DatasetError(train_images.problem)  # not an image: the data set is gone
        out[first:last] = _vectors(towers, shown, out.shape[1])
        on_rows(last)
        if progress:
            progress(last, len(train_images))
    return out


def _prepared(towers: Towers, image: Image.Image | None) -> torch.Tensor | None:
    if image is None:
        return None
    return towers.see(image, return_tensors="pt")["pixel_values"]


@torch.no_grad()
def _vectors(towers: Towers, shown: Sequence[torch.Tensor | None], width: int) -> np.ndarray:
    """(N, width) float32 of length 1, not-a-number where there is no image."""
    vectors = np.full((len(shown), width), np.nan, dtype=np.float32)
    there = {k: each for k, each in enumerate(shown) if each is not None}
    if there:
        pixels = torch.cat(list(there.values())).to(towers.where)
        with _explained():
            vectors[list(there)] = _unit(towers.model.get_image_features(pixel_values=pixels))
    return vectors


def _unit(found: Any) -> np.ndarray:
    """Each row of length 1; transformers 4 gives the vectors, 5 what they are a part of."""
    found = getattr(found, "pooler_output", found)
    return functional.normalize(found.float(), dim=-1).cpu().numpy()


@contextmanager
def _explained() -> Generator[None]:
    """Turn what torch says into a ConceptError."""
    try:
        yield
    except (RuntimeError, ValueError, MemoryError) as error:
        raise ConceptError(
            f"The model for words stopped ({first_line(error)}): free memory, or name a smaller "
            "one in FENCEPOST_CLIP, and try again. What was done is kept."
        ) from None
