"""ONNX networks of three numbers, the mean of each colour, and a linear layer in any spelling."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

SIDE = 16  # pixels

WEIGHT = np.array([[4, -1, -1], [-1, 4, -1], [-1, -1, 4]], dtype=np.float32)
BIAS = np.array([0.1, 0.2, 0.3], dtype=np.float32)


def save(
    path: Path, ends: str = "gemm", *, nhwc: bool = False, softmax: bool = False, batch: int = 0
) -> Path:
    """A network that tells red, green and blue apart.

    Args:
        ends: gemm, gemm_flat (weight not transposed), matmul_add, matmul (no bias), or doubled,
            whose output is no linear layer.
        batch: how many images it takes at once; 0 for any.
    """
    onnx = pytest.importorskip("onnx")
    pytest.importorskip("onnxruntime")
    from onnx import TensorProto, helper, numpy_helper

    shape = [batch or "n", *([SIDE, SIDE, 3] if nhwc else [3, SIDE, SIDE])]
    nodes, weights, start = [], {}, "images"
    if nhwc:
        nodes.append(helper.make_node("Transpose", ["images"], ["first"], perm=[0, 3, 1, 2]))
        start = "first"
    nodes.append(helper.make_node("GlobalAveragePool", [start], ["pooled"]))
    nodes.append(helper.make_node("Flatten", ["pooled"], ["features"]))
    last = "logits" if softmax else "out"
    if ends.startswith("gemm"):
        weights = {"w": WEIGHT if ends == "gemm" else WEIGHT.T.copy(), "b": BIAS}
        nodes.append(
            helper.make_node("Gemm", ["features", "w", "b"], [last], transB=int(ends == "gemm"))
        )
    elif ends == "matmul":
        weights = {"w": WEIGHT.T.copy()}
        nodes.append(helper.make_node("MatMul", ["features", "w"], [last]))
    else:
        weights = {"w": WEIGHT.T.copy(), "b": BIAS}
        product = helper.make_node("MatMul", ["features", "w"], ["product"])
        added = helper.make_node("Add", ["product", "b"], ["sum" if ends == "doubled" else last])
        nodes += [product, added]
        if ends == "doubled":
            nodes.append(helper.make_node("Add", ["sum", "sum"], [last]))
    if softmax:
        nodes.append(helper.make_node("Softmax", ["logits"], ["out"], axis=1))
    graph = helper.make_graph(
        nodes, "colours",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("out", TensorProto.FLOAT, [batch or "n", 3])],
        [numpy_helper.from_array(value, name) for name, value in weights.items()],
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, path)
    return path
