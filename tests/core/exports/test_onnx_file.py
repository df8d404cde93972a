"""A network that came as ONNX: predicted, fixed, and taken home as ONNX."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

import fencepost as fp
from core import runs
from core.errors import ExplainError
from core.explain import saliency
from core.exports import exporting, onnx_file
from core.models import onnx_graphs as graphs
from core.runs.table import predictions
from core.training import command
from tests import drawn, onnx_graphs


@pytest.fixture
def photos(artifacts_root, tmp_path):
    drawn.draw(tmp_path / "photos")
    return tmp_path / "photos"


def brought(path, photos, *more):
    assert command.predict([str(path), f"--data=folder:{photos}", "--workers=0", *more]) == 0
    return runs.list_runs()[0]


@pytest.mark.parametrize(("ends", "nhwc"), [("gemm", False), ("matmul_add", True)])
def test_predicted_fixed_and_taken_home(photos, tmp_path, capsys, ends, nhwc):
    path = onnx_graphs.save(tmp_path / "n.onnx", ends, nhwc=nhwc, softmax=nhwc)
    run = brought(path, photos, "--mean=0.5,0.5,0.5", "--std=0.5,0.5,0.5")
    assert "at 16 pixels, with mean 0.5, 0.5, 0.5" in capsys.readouterr().out
    table = predictions.read(run.table_path, run.classes)
    with Image.open(photos / table["path"][0]) as image:
        small = np.asarray(image.resize((16, 16), Image.Resampling.BILINEAR)) / 127.5 - 1
    odds = np.exp(onnx_graphs.WEIGHT @ small.mean(axis=(0, 1)) + onnx_graphs.BIAS)
    assert np.allclose(table.loc[0, ["p_cat", "p_deer", "p_dog"]].astype(float), odds / odds.sum(),
                       atol=1e-2)  # fmt: skip
    with pytest.raises(ExplainError, match="ONNX graph, which gives no gradients"):
        saliency.grad_cam(run, Image.new("RGB", (8, 8)), 0)
    fixed = fp.save_fix(run, fp.fix(run, "mute", channels=[0], strength=1.0))
    made = exporting.export(fixed, folder=tmp_path / "home")
    assert made.files == ("load.py", "model.onnx")
    assert made.proof.holds, made.proof.words
    before, after = path.read_bytes(), (tmp_path / "home" / "model.onnx").read_bytes()
    assert len(before) == len(after)
    assert 0 < sum(a != b for a, b in zip(before, after, strict=True)) <= 4 * 12


def test_a_bias_is_added_where_there_was_none(tmp_path):
    path = onnx_graphs.save(tmp_path / "n.onnx", "matmul")
    onnxruntime = pytest.importorskip("onnxruntime")
    onnx_file.with_head(path, tmp_path / "m.onnx", onnx_graphs.WEIGHT * 2, onnx_graphs.BIAS)
    images = np.ones((1, 3, 16, 16), dtype=np.float32)
    [logits] = onnxruntime.InferenceSession(str(tmp_path / "m.onnx")).run(None, {"images": images})
    assert np.allclose(logits, 4 + onnx_graphs.BIAS)
    found = graphs.read(tmp_path / "m.onnx").weights()
    assert np.array_equal(found[0], onnx_graphs.WEIGHT * 2)
    assert np.array_equal(found[1], onnx_graphs.BIAS)


def test_a_network_without_a_head_has_no_channels(photos, tmp_path):
    run = brought(onnx_graphs.save(tmp_path / "n.onnx", "doubled", softmax=True), photos)
    assert run.features() is None
    assert "no channels to explain, and no head to fix" in " ".join(run.notes)
    with pytest.raises(fp.FencepostError, match="keeps no linear head"):
        exporting.export(run, "onnx", tmp_path / "home")


def test_other_forms_are_refused(photos, tmp_path):
    run = brought(onnx_graphs.save(tmp_path / "n.onnx"), photos)
    for form in ("torchvision", "timm", "safetensors"):
        with pytest.raises(fp.FencepostError, match="is an ONNX graph: take --to onnx"):
            exporting.export(run, form, tmp_path / "home")
