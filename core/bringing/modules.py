"""Any torch module asked for every item of a data set, and the features behind its answers."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader
from torch.utils.data import Dataset as TorchDataset

from core.datasets import ProgressCallback
from core.errors import DatasetError, ModelError
from core.inference import scoring

EQUAL = 1e-4  # by how much features @ weight.T + bias may differ from what the network answers
SUMS = 1e-3  # by how much what sums to 1 may differ from it
TWICE = "softmax twice"
# What networks end in, after their last linear layer.
ENDS: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "": lambda logits: logits,
    "softmax": lambda logits: logits.softmax(1),
    "log_softmax": lambda logits: logits.log_softmax(1),
    TWICE: lambda logits: logits.softmax(1).softmax(1),
    "sigmoid": lambda logits: logits.sigmoid(),
}
SOFTMAX_TWICE = (
    "Softmax is applied twice in this network, so what it answers is never sure of anything: the "
    "probabilities here are those of one softmax. Take the one in the network off."
)
SIGMOID = (
    "This network ends in sigmoids, one yes or no for each class: an image may have several. Only "
    "networks that choose one class for an image are read."
)


@dataclass(frozen=True)
class Head:
    """The linear layer that makes a network's output: `name` in it, and what follows the layer."""

    name: str
    layer: nn.Linear
    ends: str


@dataclass(frozen=True)
class Answers:
    """What a network says of N items.

    Attributes:
        probabilities: (N, K) float32.
        features: (N, D) float32, what the head is given; None where there is no head.
        labels: (N,) int.
        seen: the first items as the network got them.
    """

    probabilities: np.ndarray
    features: np.ndarray | None
    labels: np.ndarray
    seen: torch.Tensor


@contextmanager
def as_it_predicts(model: nn.Module) -> Generator[None]:
    """Meanwhile in eval mode and without gradients; then in the mode that it was in."""
    was = {part: part.training for part in model.modules()}
    model.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        for part, training in was.items():
            part.training = training


def find_head(model: nn.Module, images: torch.Tensor) -> Head | None:
    """The linear layer that makes the output of these images; None where none does.

    Raises:
        ModelError: the output is no number for each of several classes, or ends in sigmoids.
    """
    calls: list[tuple[str, nn.Linear, torch.Tensor]] = []

    def noting(name: str) -> Callable:
        def note(part: nn.Linear, given: tuple[torch.Tensor, ...], output: torch.Tensor) -> None:
            if given[0].ndim == 2 and torch.allclose(
                _linear(part, given[0]), output.float(), EQUAL
            ):
                calls.append((name, part, output))

        return note

    hooks = [
        part.register_forward_hook(noting(name))
        for name, part in model.named_modules()
        if isinstance(part, nn.Linear)
    ]
    try:
        answer = answered(model, images)
    finally:
        for hook in hooks:
            hook.remove()
    for name, layer, output in reversed(calls):
        if output.shape == answer.shape:
            for ends, follow in ENDS.items():
                if torch.allclose(follow(output.float()), answer, EQUAL, EQUAL):
                    if ends == "sigmoid":
                        raise ModelError(SIGMOID)
                    return Head(name, layer, ends)
    return None


def answered(model: nn.Module, images: torch.Tensor) -> torch.Tensor:
    """(B, K) float: the output, which networks of some libraries keep under `logits`.

    Raises:
        ModelError: it is something else.
    """
    found: Any = model(images)
    found = found[0] if isinstance(found, tuple | list) else getattr(found, "logits", found)
    if not torch.is_tensor(found) or found.ndim != 2 or found.shape[1] < 2:
        shape = tuple(found.shape) if torch.is_tensor(found) else type(found).__name__
        raise ModelError(
            f"The network answers {shape} for {len(images)} images: it must give one number for "
            "each of at least two classes, (images, classes)."
        )
    return found.float()


def ask(
    model: nn.Module,
    dataset: TorchDataset,
    head: Head | None,
    *,
    batch_size: int,
    workers: int,
    progress: ProgressCallback,
) -> Answers:
    """Every item of a data set through the network, in order.

    Raises:
        ModelError: the head's features do not make the output, or the output is not finite.
        DatasetError: an item is no tensor with a label.
    """
    parts: list[tuple[np.ndarray, np.ndarray | None, np.ndarray]] = []
    first = torch.zeros(0)
    where = device_of(model)
    for batch in DataLoader(dataset, batch_size=batch_size, num_workers=workers):
        images, labels = _pair(batch)
        parts.append((*_asked(model, head, images.to(where)), labels.numpy()))
        first = first if len(first) else images
        progress(sum(len(p) for p, *_ in parts), len(dataset))  # ty: ignore[invalid-argument-type]
    if not parts:
        raise DatasetError("The data set is empty: give one with images.")
    probs, features, labels = zip(*parts, strict=True)
    whole = None if features[0] is None else np.concatenate(features)
    return Answers(np.concatenate(probs), whole, np.concatenate(labels).astype(int), first)


def device_of(model: nn.Module) -> torch.device:
    """Where the network lies."""
    return next((p.device for p in model.parameters()), torch.device("cpu"))


def _pair(batch: Any) -> tuple[torch.Tensor, torch.Tensor]:
    """A batch of images and of labels."""
    if not isinstance(batch, tuple | list) or len(batch) < 2:
        raise DatasetError("Each item of the data set must be (tensor, label).")
    images, labels = batch[:2]
    both = torch.is_tensor(images) and torch.is_tensor(labels)
    if not both or images.ndim < 2 or labels.ndim != 1:
        raise DatasetError("Each item of the data set must be (tensor, label): add transforms.")
    return images, labels


def _asked(
    model: nn.Module, head: Head | None, images: torch.Tensor
) -> tuple[np.ndarray, np.ndarray | None]:
    """The probabilities of a batch, and the features."""
    if head is None:
        return _as_probabilities(answered(model, images)), None
    given: list[torch.Tensor] = []
    hook = head.layer.register_forward_pre_hook(lambda _, inputs: given.append(inputs[0]))
    try:
        answer = answered(model, images)
    finally:
        hook.remove()
    logits = _linear(head.layer, given[-1])
    if not torch.allclose(ENDS[head.ends](logits), answer, EQUAL, EQUAL):
        raise ModelError(
            f"What the layer {head.name} is given does not make the network's output in every "
            "batch: does something else go into it, or does the network draw at random?"
        )
    return scoring.softmax(_finite(logits).cpu().numpy()), given[-1].float().cpu().numpy()


def _linear(layer: nn.Linear, given: torch.Tensor) -> torch.Tensor:
    """What its weights make of its input, whatever the layer itself does."""
    bias = None if layer.bias is None else layer.bias.float()
    return nn.functional.linear(given.float(), layer.weight.float(), bias)


def _finite(answer: torch.Tensor) -> torch.Tensor:
    if not answer.isfinite().all():
        raise ModelError("The network's answers are not finite numbers: check its weights.")
    return answer


def _as_probabilities(answer: torch.Tensor) -> np.ndarray:
    """Probabilities, whether they are given so, as their logarithms, or as logits."""
    found = _finite(answer).cpu().numpy()
    if (found >= 0).all() and np.allclose(found.sum(axis=1), 1, atol=SUMS):
        return found / found.sum(axis=1, keepdims=True)
    return scoring.softmax(found)  # of logarithms it gives what they are the logarithms of
