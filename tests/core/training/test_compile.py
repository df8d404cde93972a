"""A network that torch compiles, or cannot, is trained to the same table."""

import pandas as pd
import torch

import train
from core import runs
from tests.flags import TINY, table


def test_a_network_that_cannot_be_compiled_trains_as_it_is(flags, monkeypatch, capsys):
    def fail(*_, **__):
        raise RuntimeError("no compiler\nin 40 lines")

    train.main([flags, *TINY])
    monkeypatch.setattr(torch, "compile", fail)
    assert train.main([flags, *TINY, "--compile=on"]) == 0
    assert (
        "torch cannot compile the network here (no compiler): it trains" in capsys.readouterr().out
    )
    compiled, plain = runs.list_runs()
    pd.testing.assert_frame_equal(table(compiled), table(plain))


def test_a_compiled_network_is_the_one_that_is_trained(flags, monkeypatch):
    """With a compiler that changes nothing: trying it leaves no trace in the weights."""
    train.main([flags, *TINY])
    seen = []

    def compile_nothing(network, **_):
        return lambda images: seen.append(len(images)) or network(images)

    monkeypatch.setattr(torch, "compile", compile_nothing)
    train.main([flags, *TINY, "--compile=on"])
    compiled, plain = runs.list_runs()
    assert seen == [21, 21, 21]  # once to try it, once an epoch
    pd.testing.assert_frame_equal(table(compiled), table(plain))
