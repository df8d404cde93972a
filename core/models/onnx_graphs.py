"""ONNX graphs read: their input, and the linear layer at their end, in the graph's own names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import ModelError, first_line

NEEDED = "An .onnx file needs onnx and onnxruntime: pip install onnx onnxruntime."
ENDS = {"Softmax": "softmax", "LogSoftmax": "log_softmax"}


@dataclass(frozen=True)
class Linear:
    """logits = given @ weight.T + bias, as a graph has it.

    Attributes:
        given: the name of the tensor that it is given: the features.
        weight, bias: the names of the initializers; bias "" where there is none.
        flipped: whether the weight lies there as (features, classes).
        node: the place of the node that multiplies.
        ends: what follows: "", softmax or log_softmax.
    """

    given: str
    weight: str
    bias: str
    flipped: bool
    node: int
    ends: str


@dataclass(frozen=True)
class Graph:
    """A network as it lies in a file.

    Attributes:
        model: onnx's own.
        input, output: their names; dtype: of the input.
        channels_last: whether an image is (height, width, 3).
        batch, size: how many images it takes at once, and their side; 0 for any.
        head: the linear layer at its end, or None.
    """

    model: Any
    input: str
    output: str
    dtype: np.dtype
    channels_last: bool
    batch: int
    size: int
    head: Linear | None

    def tensor(self, name: str) -> np.ndarray:
        """An initializer by its name."""
        from onnx import numpy_helper

        return numpy_helper.to_array(_initializers(self.model)[name])

    def weights(self) -> tuple[np.ndarray, np.ndarray]:
        """Weight (K, D) and bias (K,) of the head, float32."""
        assert self.head is not None
        weight = self.tensor(self.head.weight).astype(np.float32)
        weight = weight.T if self.head.flipped else weight
        if not self.head.bias:
            return weight, np.zeros(len(weight), dtype=np.float32)
        return weight, self.tensor(self.head.bias).astype(np.float32).reshape(-1)


def read(path: Path) -> Graph:
    """The graph in a file.

    Raises:
        ModelError: onnx is not installed, or the file holds no network that takes images.
    """
    try:
        import onnx
    except ImportError:
        raise ModelError(NEEDED) from None
    try:
        model = onnx.load(path)
    except Exception as error:  # protobuf's own, and OSErrors of weights that lie beside
        raise ModelError(f"{path} cannot be read as ONNX ({first_line(error)}).") from None
    known = _initializers(model)
    inputs = [given for given in model.graph.input if given.name not in known]
    if len(inputs) != 1 or not model.graph.output:
        raise ModelError(f"{path} takes {len(inputs)} inputs: a network must take images alone.")
    [given] = inputs
    shape = [d.dim_value for d in given.type.tensor_type.shape.dim]
    if len(shape) != 4:
        raise ModelError(f"{path} takes {len(shape)} dimensions, not (images, 3, side, side).")
    channels_last = shape[3] == 3 and shape[1] != 3
    high, wide = shape[1:3] if channels_last else shape[2:]
    if high != wide or (not channels_last and shape[1] not in (0, 3)):
        raise ModelError(f"{path} takes {tuple(shape)}: only RGB squares are shown here.")
    output = model.graph.output[0].name
    dtype = onnx.helper.tensor_dtype_to_np_dtype(given.type.tensor_type.elem_type)
    head = _head(model, output)
    return Graph(model, given.name, output, dtype, channels_last, shape[0], high, head)


def _initializers(model: Any) -> Mapping[str, Any]:
    return {tensor.name: tensor for tensor in model.graph.initializer}


def _head(model: Any, output: str) -> Linear | None:
    """The linear layer that makes an output, through what may follow it."""
    makers = {name: k for k, node in enumerate(model.graph.node) for name in node.output}
    known, ends = _initializers(model), ""
    while output in makers:
        place = makers[output]
        node = model.graph.node[place]
        if node.op_type == "Identity" or (node.op_type in ENDS and not ends):
            ends = ends or ENDS.get(node.op_type, "")
            output = node.input[0]
        elif node.op_type == "Gemm":
            return _gemm(node, place, known, ends)
        elif node.op_type in ("Add", "MatMul"):
            return _product(model, node, place, makers, ends)
        else:
            return None
    return None


def _gemm(node: Any, place: int, known: Mapping[str, Any], ends: str) -> Linear | None:
    import onnx

    said = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
    given, weight, *bias = node.input
    plain = said.get("alpha", 1) == 1 and said.get("beta", 1) == 1 and not said.get("transA", 0)
    if not plain or weight not in known or (bias and bias[0] not in known):
        return None
    return Linear(given, weight, bias[0] if bias else "", not said.get("transB", 0), place, ends)


def _product(
    model: Any, node: Any, place: int, makers: Mapping[str, int], ends: str
) -> Linear | None:
    """MatMul, or MatMul and Add in either order."""
    known, bias = _initializers(model), ""
    if node.op_type == "Add":
        biases = [name for name in node.input if name in known]
        others = [name for name in node.input if name in makers]
        if len(biases) != 1 or len(others) != 1:
            return None
        bias, place = biases[0], makers[others[0]]
        node = model.graph.node[place]
    if node.op_type != "MatMul" or node.input[1] not in known:
        return None
    weight = node.input[1]
    return Linear(node.input[0], weight, bias, True, place, ends) if (
        len(known[weight].dims) == 2
    ) else None  # fmt: skip
