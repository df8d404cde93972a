"""ONNX networks: the linear layer at their end, and what cannot be one."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from core.errors import ModelError
from core.models.onnx_networks import open_onnx
from tests import onnx_graphs

IMAGES = torch.randn(5, 3, 16, 16, generator=torch.Generator().manual_seed(1))
MEANS = IMAGES.mean(dim=(2, 3)).numpy()


@pytest.mark.parametrize("nhwc", [False, True])
@pytest.mark.parametrize("softmax", [False, True])
@pytest.mark.parametrize("batch", [0, 1, 3])
@pytest.mark.parametrize("ends", ["gemm", "gemm_flat", "matmul_add", "matmul"])
def test_the_head_in_any_spelling(tmp_path, ends, batch, softmax, nhwc):
    path = onnx_graphs.save(tmp_path / "n.onnx", ends, nhwc=nhwc, softmax=softmax, batch=batch)
    network = open_onnx(str(path))
    assert np.allclose(network.backbone(IMAGES), MEANS, atol=1e-6)
    assert np.array_equal(network.head.weight.detach(), onnx_graphs.WEIGHT)
    bias = np.zeros(3) if ends == "matmul" else onnx_graphs.BIAS
    assert np.allclose(network.head.bias.detach(), bias)
    assert network.origin["head"] == "w"


@pytest.mark.parametrize("softmax", [False, True])
def test_without_a_linear_layer_the_answers_stand_for_features(tmp_path, softmax):
    network = open_onnx(str(onnx_graphs.save(tmp_path / "n.onnx", "doubled", softmax=softmax)))
    p = network(IMAGES).softmax(1).detach().numpy()
    logits = torch.from_numpy(2 * (MEANS @ onnx_graphs.WEIGHT.T + onnx_graphs.BIAS))
    assert np.allclose(p, logits.softmax(1), atol=1e-6)
    assert network.origin["head"] == ""


def test_another_size_is_refused(tmp_path):
    path = onnx_graphs.save(tmp_path / "n.onnx")
    with pytest.raises(ModelError, match="takes images of --size 16, not of 64"):
        open_onnx(str(path), 64)


def test_what_is_no_network(tmp_path):
    pytest.importorskip("onnx")
    (tmp_path / "n.onnx").write_bytes(b"no graph")
    with pytest.raises(ModelError, match=r"n\.onnx (cannot be read as ONNX|takes 0 inputs)"):
        open_onnx(str(tmp_path / "n.onnx"))
