"""A run: one trained model, as its folder holds it, and the columns that it gained since."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from core.errors import RunError
from core.runs import features, run_json
from core.runs.columns import Column
from core.runs.history import read_history
from core.runs.table import contradictions, table_files
from core.runs.table.table_files import Location
from core.runs.table.told import Told

ONNX_FILE = "network.onnx"  # of a run whose network came so


@dataclass(frozen=True)
class Run:
    """One trained model. A damaged one has `damage`, the reason, and may lack everything else.

    `columns` are those that it gained after it was made; see `gaining`.
    """

    id: str
    folder: Path
    name: str
    meta: dict[str, Any] = field(default_factory=dict, repr=False)
    damage: str = ""
    columns: tuple[Column, ...] = field(default=(), repr=False)

    @cached_property
    def classes(self) -> tuple[str, ...]:
        return tuple(self.meta["classes"])

    @property
    def config(self) -> dict[str, Any]:
        return self.meta["config"]

    @property
    def dataset(self) -> str:
        return self.meta["dataset"]["name"]

    @property
    def fingerprint(self) -> str:
        """What tells its version of the data set from others; "" where that is not known."""
        return run_json.text(self.meta["dataset"].get("fingerprint"))

    @property
    def selected(self) -> dict[str, Any]:
        """On which split its epoch or strength was chosen, and with what figures."""
        kept = self.meta.get("selected")
        return kept if isinstance(kept, dict) else {}

    @cached_property
    def metrics(self) -> dict[str, dict[str, Any]]:
        """Split -> n, right, accuracy and loss; None for what is not known."""
        return {split: run_json.figures(kept) for split, kept in self.meta["metrics"].items()}

    @property
    def timings(self) -> dict[str, float]:
        """Stage -> seconds."""
        return run_json.seconds(self.meta.get("timings"))

    @property
    def seed(self) -> int:
        """What its training drew by; 0 where run.json has none that can be one."""
        return run_json.whole(self.meta.get("seed"), below=2**31) or 0

    @property
    def parent(self) -> str:
        """The id of the run that it was made from, or ""."""
        return run_json.text(self.meta.get("parent"))

    @property
    def brought(self) -> dict[str, str]:
        """Of a network that was trained elsewhere: its `file`, `sha256`, and `head` in it."""
        kept = self.meta.get("brought")
        return {k: run_json.text(v) for k, v in kept.items()} if isinstance(kept, dict) else {}

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of its figures should know, a sentence each."""
        kept = self.meta.get("notes")
        return (
            tuple(note for note in kept if isinstance(note, str)) if isinstance(kept, list) else ()
        )

    @property
    def selected_on_test(self) -> bool:
        """Whether its best epoch was chosen on the images its accuracy is reported on."""
        return self.config.get("select_on") == "test"

    @property
    def steps(self) -> list[dict[str, Any]]:
        """The fixes that made it of its parent, as `core.fixes.Step.to_dict` gives them."""
        kept = self.meta.get("steps")
        steps = kept if isinstance(kept, list) else []
        return [s for s in steps if isinstance(s, dict) and isinstance(s.get("method"), str)]

    @property
    def made_for(self) -> dict[str, Any]:
        """Of a fix: its `concept`, the `label` that it misled or None, its `carriers`; or {}."""
        kept = self.meta.get("made_for")
        if not isinstance(kept, dict) or not run_json.text(kept.get("concept")):
            return {}
        k, carriers = len(self.classes), kept.get("carriers")
        found = carriers if isinstance(carriers, list) else []
        ids = [run_json.whole(each, below=k) for each in found]
        return {
            "concept": kept["concept"],
            "label": run_json.whole(kept.get("label"), below=k),
            "carriers": [each for each in ids if each is not None],
        }

    @cached_property
    def table_path(self) -> Location:
        """Its predictions table: a file, a folder of parts, or the address in run.json."""
        return self.meta.get("table") or self.folder / "predictions.parquet"

    def gaining(self, columns: Iterable[Column]) -> Run:
        """The run with more columns; of two with one name the later one counts."""
        named = {column.name: column for column in (*self.columns, *columns)}
        return replace(self, columns=tuple(named.values()))

    def check(self) -> None:
        """Read the table through, once: a small one now, a large one in the background.

        Raises:
            RunError: it contradicts itself or run.json, as far as that is known.
        """
        try:
            problem = contradictions.problem(self.told())
        except OSError:
            return  # it went missing: whoever asks it something is told so
        if problem:
            raise RunError(f"Run {self.id} is damaged: {problem}")

    def told(self) -> Told:
        """Its table as it now lies there, and what run.json says of it."""
        return Told(table_files.state(self.table_path), self.classes, self._right)

    @cached_property
    def _right(self) -> tuple[tuple[str, int, int | None], ...]:
        return tuple((split, each["n"], each["right"]) for split, each in self.metrics.items())

    def history(self) -> pd.DataFrame:
        """step, epoch, split, loss, accuracy, lr, images_per_second; empty where none was kept."""
        return read_history(self.folder / "history.parquet")

    def features(self) -> np.ndarray | None:
        """(N, D) float, memory-mapped, row i as in the table; None where none usable are kept.

        They may hold numbers that are not finite: see `core.runs.features`.
        """
        values = features.mapped(self.folder / "features.npy")
        if values is None or len(values) != sum(each["n"] for each in self.metrics.values()):
            return None
        return values if self._head_width() in (None, values.shape[1]) else None

    @property
    def _remedy(self) -> str:
        brought = self.config.get("mode") == "import"
        return "bring its network, by fencepost predict" if brought else "train it again"

    def network_files(self) -> dict[str, Path]:
        """What lies beside its weights to build its network, by the names in its folder."""
        found = [self.folder / ONNX_FILE, *sorted((self.folder / "network").glob("*.json"))]
        return {str(p.relative_to(self.folder)): p for p in found if p.is_file()}

    def _head_width(self) -> int | None:
        """How many channels the head reads; None where there is no head that says so."""
        path = self.folder / "model.safetensors"
        try:
            return _width(path, table_files.file_state(path))
        except OSError:
            return None

    def head(self) -> tuple[np.ndarray, np.ndarray]:
        """The linear head, float32: weight (K, D) and bias (K,); logits = f @ weight.T + bias.

        Raises:
            RunError: the weights cannot be read, or hold no head for this run's classes.
        """
        from safetensors import SafetensorError, safe_open

        try:
            with safe_open(self.folder / "model.safetensors", "numpy") as file:
                weight, bias = file.get_tensor("head.weight"), file.get_tensor("head.bias")
        except (OSError, SafetensorError):
            raise RunError(
                f"Run {self.name} keeps no linear head that can be read: {self._remedy}."
            ) from None
        if weight.ndim != 2 or len(weight) != len(self.classes) or bias.shape != weight.shape[:1]:
            raise RunError(f"The head of run {self.name} does not fit its classes: train it again.")
        if not (np.isfinite(weight).all() and np.isfinite(bias).all()):
            raise RunError(
                f"The head of run {self.name} holds numbers that are not finite: train it again."
            )
        return weight.astype(np.float32), bias.astype(np.float32)


@lru_cache(maxsize=64)
def _width(path: Path, state: tuple[int, ...]) -> int | None:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, "numpy") as file:
            shape = file.get_slice("head.weight").get_shape()
    except (OSError, SafetensorError):
        return None
    return shape[1] if len(shape) == 2 else None
