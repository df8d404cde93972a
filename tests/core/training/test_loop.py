import pytest
import torch

from core.errors import TrainingError
from core.inference.batches import Examples
from core.models.classifier import build_model
from core.training.config import TrainConfig
from core.training.loop import Fitting, evaluate, learning_rate

CPU = torch.device("cpu")
CONFIG = TrainConfig(model="small", weights="none", size=32, epochs=3, lr=0.05, batch_size=8)


def colours(n, seed=0):
    """Two classes that a network tells apart at once: red pictures and blue ones."""
    rng = torch.Generator().manual_seed(seed)
    labels = torch.arange(n) % 2
    images = torch.randint(0, 120, (n, 3, 32, 32), generator=rng, dtype=torch.uint8)
    images[torch.arange(n), labels * 2] += 120
    return Examples(images, labels)


def fitting(config=CONFIG):
    return Fitting(build_model("small", "none", 2, config.seed), config, CPU)


def test_it_learns_and_batches_need_not_divide_the_data():
    steps = []
    last = list(fitting().fit(colours(37), colours(9, seed=1), steps.append))[-1]
    assert last.held_accuracy > 0.85
    assert last.step == 3 * 5
    assert steps[-1].step == 15


def test_the_same_seed_gives_the_same_weights():
    first, again = fitting(), fitting()
    for each in (first, again):
        list(each.fit(colours(16), colours(8)))
    pairs = zip(first.best.values(), again.best.values(), strict=True)
    assert all(torch.equal(a, b) for a, b in pairs)


def test_the_best_weights_are_a_real_copy():
    job = fitting()
    epochs = job.fit(colours(16), colours(8))
    next(epochs)
    kept = {k: v.clone() for k, v in job.best.items()}
    job._train_epoch(colours(16), lambda _: None)
    assert all(torch.equal(kept[k], job.best[k]) for k in kept)
    assert not torch.equal(job.model.state_dict()["head.weight"], job.best["head.weight"])


def test_a_resumed_training_ends_as_if_it_had_never_stopped(tmp_path):
    whole, stopped, resumed = fitting(), fitting(), fitting()
    list(whole.fit(colours(16), colours(8)))
    next(stopped.fit(colours(16), colours(8)))
    torch.save(stopped.checkpoint(), tmp_path / "c.pt")
    resumed.restore(torch.load(tmp_path / "c.pt", weights_only=True))
    left = list(resumed.fit(colours(16), colours(8)))
    assert [m.epoch for m in left] == [2, 3]
    state = resumed.model.state_dict()
    assert all(torch.equal(v, state[k]) for k, v in whole.model.state_dict().items())


def test_a_loss_that_is_no_number_stops_with_the_remedy():
    model = fitting()
    with torch.no_grad():
        model.model.head.weight.fill_(float("nan"))
    with pytest.raises(TrainingError, match=r"not a finite number at step 2.*Lower --lr"):
        list(model.fit(colours(16), colours(8)))


@pytest.mark.parametrize(("n", "steps"), [(9, 1), (10, 2), (17, 2), (33, 4)])
def test_a_single_image_left_at_the_end_joins_the_batch_before(n, steps):
    sizes = []
    job = fitting()
    job.model.register_forward_pre_hook(lambda _, inputs: sizes.append(len(inputs[0])))
    job._train_epoch(colours(n), lambda _: None)
    assert (len(sizes), sum(sizes)) == (steps, n)
    assert min(sizes) > 1


def test_evaluate_weighs_every_image_alike():
    model, examples = build_model("small", "none", 2, 0), colours(11)
    alone = evaluate(model, examples, CONFIG, CPU)
    in_parts = [
        evaluate(model, Examples(examples.images[a:b], examples.labels[a:b]), CONFIG, CPU)
        for a, b in ((0, 8), (8, 11))
    ]
    for k in (0, 1):
        assert alone[k] == pytest.approx((in_parts[0][k] * 8 + in_parts[1][k] * 3) / 11, rel=1e-3)


def test_the_learning_rate_falls_after_every_seven_epochs():
    rates = [learning_rate(TrainConfig(lr=1), e) for e in (1, 7, 8, 14, 15)]
    assert rates == pytest.approx([1, 1, 0.1, 0.1, 0.01])


def test_the_expected_duration_leaves_the_model_alone():
    job = fitting()
    before = {k: v.clone() for k, v in job.model.state_dict().items()}
    assert job.seconds_per_image(colours(16)) > 0
    assert all(torch.equal(v, before[k]) for k, v in job.model.state_dict().items())
