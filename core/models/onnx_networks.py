"""Networks in .onnx files, run by onnxruntime where it is installed."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from core.errors import ModelError, first_line
from core.models import onnx_graphs
from core.models.classifier import Classifier
from core.models.onnx_graphs import Graph
from core.models.preprocessing import Preprocessing

NAME = "onnx"  # of the network, where a run says which one it has
LEAST = np.finfo(np.float32).tiny  # of a probability whose logarithm is taken
EQUAL = 1e-3  # by how much features @ weight.T + bias may differ from the output, of its largest
SHOWN = (
    "What an ONNX network is shown is not in its file: the centre square of each image{}, with "
    "mean {} and deviation {}. Say otherwise with --size, --mean and --std."
)


class OnnxBackbone(nn.Module):
    """(B, 3, S, S) -> (B, D): what a graph gives its last linear layer, or its output."""

    differentiable = False  # onnxruntime answers, and gives no gradient

    def __init__(self, graph: Graph) -> None:
        super().__init__()
        self.graph = graph

    @cached_property
    def session(self) -> Any:
        """The graph with its features given out, ready to run."""
        try:
            import onnxruntime
        except ImportError:
            raise ModelError(onnx_graphs.NEEDED) from None
        try:
            return onnxruntime.InferenceSession(
                _with_features(self.graph), providers=onnxruntime.get_available_providers()
            )
        except Exception as error:  # onnxruntime has its own
            raise ModelError(
                f"onnxruntime cannot run this network ({first_line(error)})."
            ) from None

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        head = self.graph.head
        [found] = self.ask(images, [head.given if head else self.graph.output])
        found = found.astype(np.float32)
        return torch.from_numpy(found if head else _logits(found)).to(images.device)

    def ask(self, images: torch.Tensor, names: list[str]) -> list[np.ndarray]:
        """These tensors of the graph for (B, 3, S, S) images, as many at once as it takes."""
        if self.graph.channels_last:
            images = images.permute(0, 2, 3, 1)
        values = np.ascontiguousarray(images.detach().cpu().numpy().astype(self.graph.dtype))
        batch = self.graph.batch or max(1, len(values))
        parts = []
        for start in range(0, len(values), batch):
            part = values[start : start + batch]
            filled = np.concatenate([part, np.repeat(part[-1:], batch - len(part), axis=0)])
            parts.append([each[: len(part)] for each in self._run(names, filled)])
        return [np.concatenate(each) for each in zip(*parts, strict=True)]

    def _run(self, names: list[str], values: np.ndarray) -> list[np.ndarray]:
        try:
            return self.session.run(names, {self.graph.input: values})
        except Exception as error:
            raise ValueError(first_line(error)) from None


def _logits(found: np.ndarray) -> np.ndarray:
    """What a network answers; of probabilities, their logarithms."""
    sums = (found >= 0).all() and np.allclose(found.sum(axis=-1), 1, atol=EQUAL)
    return np.log(np.maximum(found, LEAST)) if sums else found


def _with_features(graph: Graph) -> bytes:
    import onnx

    model = onnx.ModelProto()
    model.CopyFrom(graph.model)
    known = {output.name for output in model.graph.output}
    if graph.head and graph.head.given not in known:
        kind = onnx.helper.np_dtype_to_tensor_dtype(graph.dtype)
        model.graph.output.append(onnx.helper.make_tensor_value_info(graph.head.given, kind, None))
    return model.SerializeToString()


def open_onnx(path: str, size: int = 0) -> Classifier:
    """The network in a file; without a linear layer at its end, its output stands for features.

    Raises:
        ModelError: it cannot be read or run, or takes no squares of this size.
    """
    graph = onnx_graphs.read(Path(path))
    if size and graph.size and size != graph.size:
        raise ModelError(f"{path} takes images of --size {graph.size}, not of {size}.")
    backbone = OnnxBackbone(graph)
    side = size or graph.size or 224
    noise = torch.randn(2, 3, side, side, generator=torch.Generator().manual_seed(0))
    try:
        found = backbone(noise)
    except ValueError as error:
        raise ModelError(f"{path} cannot be run on --size {side} ({error}).") from None
    if found.ndim != 2:
        raise ModelError(f"{path} answers {tuple(found.shape)}, not one number for each class.")
    weight, bias = graph.weights() if graph.head else _answers_themselves(found.shape[1])
    network = Classifier(backbone, weight.shape[1], len(weight))
    with torch.no_grad():
        network.head.weight.copy_(torch.from_numpy(np.ascontiguousarray(weight)))
        network.head.bias.copy_(torch.from_numpy(bias))
    _check(network, graph, noise, path)
    network.origin = {"head": graph.head.weight if graph.head else "", "prefix": ""}
    return network.eval()


def _answers_themselves(n: int) -> tuple[np.ndarray, np.ndarray]:
    return np.eye(n, dtype=np.float32), np.zeros(n, dtype=np.float32)


@torch.no_grad()
def _check(network: Classifier, graph: Graph, noise: torch.Tensor, path: str) -> None:
    """Raise ModelError where the head does not make the output of what it is given."""
    assert isinstance(network.backbone, OnnxBackbone)
    if graph.head is None:
        return
    [output] = network.backbone.ask(noise, [graph.output])
    logits = network(noise)
    ended = {"softmax": logits.softmax(1), "log_softmax": logits.log_softmax(1)}
    found = ended.get(graph.head.ends, logits).numpy()
    if not np.allclose(found, output, atol=EQUAL * max(1.0, float(np.abs(output).max()))):
        raise ModelError(f"The last linear layer of {path} does not make its output.")


def said(view: Preprocessing) -> str:
    """What is shown to a network whose file does not say."""
    mean, std = (", ".join(f"{value:.4g}" for value in v) for v in (view.mean, view.std))
    return SHOWN.format(f" at {view.size} pixels", mean, std)
