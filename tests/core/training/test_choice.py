"""The epoch that is kept, what an epoch reports, and its steps, on networks made by hand."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from core.errors import TrainingError
from core.inference.batches import Examples
from core.training import loop
from core.training.config import TrainConfig
from core.training.loop import Fitting, evaluate

CPU = torch.device("cpu")
SEEN: list[tuple[bool, list[int]]] = []  # training mode and images of every call of a network


class Constant(nn.Module):
    """The same logits for every image; it notes which images it is shown, by their colour."""

    def __init__(self, *logits: float) -> None:
        super().__init__()
        self.logits = nn.Parameter(torch.tensor(logits))

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        colours = (inputs[:, 0, 16, 16] * 0.229 + 0.485) * 255
        SEEN.append((self.training, colours.round().int().tolist()))
        return self.logits.expand(len(inputs), -1)


@pytest.fixture(autouse=True)
def seen():
    SEEN.clear()
    return SEEN


@pytest.fixture
def clock(monkeypatch):
    """Every call of a network takes a second, and nothing else takes any."""
    monkeypatch.setattr(loop.time, "perf_counter", lambda: float(len(SEEN)))


def examples(labels):
    """One grey picture a label, each of another grey: 10, 20, 30 ..."""
    greys = torch.arange(1, len(labels) + 1, dtype=torch.uint8) * 10
    return Examples(greys.view(-1, 1, 1, 1).repeat(1, 3, 32, 32), torch.tensor(labels))


def fitting(*logits, **options):
    values = {"size": 32, "epochs": 3, "lr": 1e-9, "batch_size": 8}
    return Fitting(Constant(*logits), TrainConfig(**(values | options)), CPU)


def scripted(monkeypatch, figures):
    """Let the held-out images give these (loss, accuracy), an epoch after another."""
    following = iter(figures)
    monkeypatch.setattr(loop, "evaluate", lambda *_: next(following))


@pytest.mark.parametrize(
    ("figures", "best"),
    [([(0.9, 0.5), (0.8, 0.6), (0.7, 0.7)], [True, True, True]),
     ([(0.5, 0.7), (0.4, 0.6), (0.6, 0.7)], [True, False, False]),  # accuracy comes first
     ([(0.5, 0.7), (0.4, 0.7), (0.3, 0.7)], [True, True, True]),  # then the lower loss
     ([(0.5, 0.7), (0.5, 0.7), (0.9, 0.8)], [True, False, True]),  # of equals, the first
     ([(9.0, 0.0), (9.0, 0.0), (8.0, 0.0)], [True, False, True])],
)  # fmt: skip
def test_the_epoch_with_most_right_answers_is_the_best(monkeypatch, figures, best):
    scripted(monkeypatch, figures)
    job, kept = fitting(0.0, 0.0, lr=0.1), None
    for metrics, is_best in zip(job.fit(examples([0, 1, 1]), examples([0])), best, strict=True):
        kept = job.model.state_dict()["logits"].clone() if is_best else kept
        assert metrics.best is is_best
        assert torch.equal(job.best["logits"], kept)


def test_a_resumed_training_remembers_what_was_best(monkeypatch):
    scripted(monkeypatch, [(0.5, 0.7), (0.4, 0.6), (0.4, 0.6)])
    stopped, resumed = fitting(0.0, 0.0, lr=0.1), fitting(0.0, 0.0, lr=0.1)
    next(stopped.fit(examples([0, 1, 1]), examples([0])))
    resumed.restore(stopped.checkpoint())
    left = list(resumed.fit(examples([0, 1, 1]), examples([0])))
    assert [(m.epoch, m.step, m.best) for m in left] == [(2, 2, False), (3, 3, False)]
    assert torch.equal(resumed.best["logits"], stopped.best["logits"])


def test_a_held_out_loss_that_is_no_number_stops(monkeypatch):
    scripted(monkeypatch, [(math.nan, 0.5)])
    with pytest.raises(TrainingError, match=r"at step 1: .* Lower --lr \(it is 1e-09\)"):
        list(fitting(0.0, 0.0).fit(examples([0, 1, 1]), examples([0])))


@pytest.mark.parametrize("batch_size", [2, 3, 5, 8])
def test_held_out_images_count_alike(batch_size):
    """p = 3/4 and 1/4: five of class 0, two of class 1."""
    config = TrainConfig(size=32, batch_size=batch_size)
    held = examples([0, 1, 0, 0, 1, 0, 0])
    loss, accuracy = evaluate(Constant(math.log(3), 0.0), held, config, CPU)
    assert loss == pytest.approx((5 * math.log(4 / 3) + 2 * math.log(4)) / 7, rel=1e-5)
    assert accuracy == pytest.approx(5 / 7)
    assert [image for _, batch in SEEN for image in batch] == [10, 20, 30, 40, 50, 60, 70]
    assert not any(training for training, _ in SEEN)


def test_an_epoch_reports_the_means_over_its_images():
    steps = []
    [metrics] = fitting(math.log(3), 0.0, epochs=1, batch_size=3).fit(
        examples([0, 0, 1, 0, 0, 1, 0]), examples([1, 1, 0, 1]), steps.append
    )
    loss = (5 * math.log(4 / 3) + 2 * math.log(4)) / 7
    assert metrics.train_loss == pytest.approx(loss, rel=1e-5)
    assert metrics.train_accuracy == pytest.approx(5 / 7)
    held = (math.log(4 / 3) + 3 * math.log(4)) / 4
    assert (metrics.held_loss, metrics.held_accuracy) == (pytest.approx(held, rel=1e-5), 0.25)
    assert (metrics.epoch, metrics.step, metrics.lr) == (1, 2, 1e-9)
    assert (steps[-1].loss, steps[-1].accuracy) == (metrics.train_loss, metrics.train_accuracy)


def test_every_fifth_step_and_the_last_are_points_of_the_curve(clock):
    steps = []
    epochs = list(
        fitting(0.0, 0.0, epochs=2, batch_size=2).fit(
            examples([0, 1] * 12), examples([0]), steps.append
        )
    )
    assert [(s.step, s.epoch) for s in steps] == [
        (5, 1), (10, 1), (12, 1), (17, 2), (22, 2), (24, 2),
    ]  # fmt: skip
    assert {s.images_per_second for s in steps} == {2.0}
    assert [(m.step, m.images_per_second) for m in epochs] == [(12, 2.0), (24, 2.0)]


def test_each_epoch_sees_every_image_once_in_an_order_of_its_own():
    def orders(seed):
        SEEN.clear()
        list(fitting(0.0, 0.0, seed=seed).fit(examples([0] * 12), examples([0])))
        batches = [batch for training, batch in SEEN if training]
        return [[*batches[k], *batches[k + 1]] for k in (0, 2, 4)]

    first = orders(0)
    assert all(sorted(order) == list(range(10, 130, 10)) for order in first)
    assert len({tuple(order) for order in first}) == 3
    assert orders(0) == first
    assert orders(1) != first


def test_seeds_of_neighbouring_numbers_share_no_epoch():
    def orders(seed):
        SEEN.clear()
        list(fitting(0.0, 0.0, seed=seed, batch_size=16).fit(examples([0] * 12), examples([0])))
        return {tuple(batch) for training, batch in SEEN if training}

    assert not orders(0) & orders(1)


def test_weights_move_by_momentum_at_the_rate_of_their_epoch():
    job = fitting(0.0, 0.0, lr=0.5, epochs=3, decay_every=2)
    rates = [metrics.lr for metrics in job.fit(examples([0, 0, 1]), examples([0]))]
    assert rates == pytest.approx([0.5, 0.5, 0.05])
    z, v = 0.0, 0.0  # of the first logit; the second is its mirror image
    for rate in rates:
        gradient = 1 / (1 + math.exp(-2 * z)) - 2 / 3
        v = 0.9 * v + gradient
        z -= rate * v
    assert job.model.logits.tolist() == pytest.approx([z, -z], rel=1e-5)


def test_a_single_image_is_shown_to_a_network_at_rest():
    list(fitting(0.0, 0.0, epochs=1).fit(examples([0]), examples([0, 1])))
    assert SEEN == [(False, [10]), (False, [10, 20])]


@pytest.mark.parametrize(("n", "batch_size", "images"), [(4, 64, 4), (40, 64, 16), (40, 8, 8)])
def test_the_expected_duration_is_that_of_a_step(clock, n, batch_size, images):
    job = fitting(0.0, 0.0, batch_size=batch_size)
    assert job.seconds_per_image(examples([0] * n)) == 1 / images
    assert {len(batch) for _, batch in SEEN} == {images}
