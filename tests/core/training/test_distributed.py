"""Trainings in several processes, started by torchrun as a user starts them: on CPUs, with gloo."""

import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image

import train
from core import artifacts, runs
from core.models.distributed import ALONE, portions
from core.runs.table import predictions
from core.training import jobs
from core.training.loop import Fitting

TINY = ["--model=small", "--weights=none", "--size=32", "--lr=0.05", "--workers=0", "--device=cpu"]
DIES = """
import os, signal, sys, time
import train
from core.training import checkpoint
from core.training.loop import Fitting

keep, whole = checkpoint.keep, Fitting._train_epoch

def keep_slowly(*arguments):  # the other processes are long through with the epoch
    time.sleep(1)
    keep(*arguments)

def die(self, *arguments):
    if self.epoch == 2 and os.environ["RANK"] == "{rank}":
        {how}
    return whole(self, *arguments)

checkpoint.keep, Fitting._train_epoch = keep_slowly, die
sys.exit(train.main())
"""
KILLED = "os.kill(os.getpid(), signal.SIGKILL)"
OUT_OF_MEMORY = "raise MemoryError"


@pytest.fixture
def flags(tmp_path, artifacts_root):
    """Two classes, 41 + 40 train and 15 + 14 test images; one train file is damaged."""
    rng = np.random.default_rng(0)
    for split, counts in (("train", (41, 40)), ("test", (15, 14))):
        for name, channel, n in zip(("blue", "red"), (2, 0), counts, strict=True):
            folder = tmp_path / "flags" / split / name
            folder.mkdir(parents=True)
            for k in range(n):
                values = rng.integers(0, 150, (32, 32, 3), dtype=np.uint8)
                values[..., channel] += 80
                Image.fromarray(values).save(folder / f"{k:02}.png")
    (tmp_path / "flags/train/red/03.png").write_bytes(b"damaged")
    return f"--dataset=folder:{tmp_path / 'flags'}"


def torchrun(*arguments, processes=2, script=None):
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    command += [f"--nproc-per-node={processes}", script or "train.py", *arguments]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(artifacts.REPOSITORY)}
    return subprocess.run(
        command, capture_output=True, text=True, timeout=200, env=environment,
        cwd=artifacts.REPOSITORY,
    )  # fmt: skip


def dying(tmp_path, *arguments, rank, how):
    script = tmp_path / "dies.py"
    script.write_text(DIES.format(rank=rank, how=how))
    return torchrun(*arguments, script=str(script))


def table(run):
    return predictions.read(run.table_path, run.classes)


def our_lines(done):
    return [line for line in done.stderr.splitlines() if line.startswith("train.py: ")]


@pytest.fixture
def one_thread():
    """As many as torchrun gives each of its processes: more might add up in another order."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def by_one_process(flags, run):
    """The run that one process leaves with the same backbone."""
    weights = f"--weights={run.folder / 'model.safetensors'}"
    before = {each.id for each in runs.list_runs()}
    assert train.main([flags, *TINY, "--mode=head", weights]) == 0
    return next(each for each in runs.list_runs() if each.id not in before)


def test_the_table_of_three_processes_is_that_of_one(flags, one_thread):
    assert torchrun(flags, *TINY, "--mode=head", processes=3).returncode == 0
    [together] = runs.list_runs()
    alone = by_one_process(flags, together)
    assert together.meta["device"].startswith("3 processes, cpu")
    assert together.meta["unreadable"] == alone.meta["unreadable"]
    assert np.array_equal(together.features(), alone.features())
    pd.testing.assert_frame_equal(table(together), table(alone))


def test_two_processes_fine_tune_one_model_and_publish_one_run(flags, one_thread):
    done = torchrun(flags, *TINY, "--epochs=3", "--batch-size=16")
    assert done.returncode == 0, done.stderr
    [run], [job] = runs.list_runs(), jobs.list_jobs()
    found = table(run)
    assert found["split"].value_counts().to_dict() == {"train": 72, "test": 29, "val": 8}
    assert found[found["split"] != "test"]["index"].tolist() == [*range(44), *range(45, 81)]
    assert found[found["split"] == "test"]["index"].tolist() == [*range(29)]
    assert found["correct"].mean() > 0.9
    assert run.history().query("split == 'val'")["step"].tolist() == [5, 10, 15]
    assert (job.state, job.run_id) == ("done", run.id)
    assert done.stdout.count("Run ") == 1
    assert done.stdout.count("epoch   1/3") == 1
    assert np.array_equal(run.features(), by_one_process(flags, run).features())


def test_a_killed_process_ends_the_job_and_leaves_the_last_epoch(flags, tmp_path):
    done = dying(tmp_path, flags, *TINY, "--epochs=3", rank=1, how=KILLED)
    [line], [job] = our_lines(done), jobs.list_jobs()
    assert done.returncode == 1
    assert "One of the 2 processes of this training died" in line
    assert job.error == line.removeprefix("train.py: ")
    assert runs.list_runs() == []

    done = torchrun("--resume")
    assert done.returncode == 0, done.stderr
    [run] = runs.list_runs()
    assert run.history().query("split == 'val'")["epoch"].tolist() == [1, 2, 3]
    assert jobs.open_job(job.id).state == "done"


@pytest.mark.parametrize(
    ("rank", "how", "state", "reason"),
    [
        (0, KILLED, "interrupted", "2 processes of this training died"),
        (1, OUT_OF_MEMORY, "failed", "process 1: The machine ran out of memory"),
    ],
)
def test_one_line_says_which_process_died_of_what(flags, tmp_path, rank, how, state, reason):
    done = dying(tmp_path, flags, *TINY, "--epochs=3", rank=rank, how=how)
    [line], [job] = our_lines(done), jobs.list_jobs()
    assert done.returncode == 1
    assert reason in line
    assert "continue with --resume" in line
    assert (job.state, job.resumable) == (state, True)


def test_what_cannot_work_is_told_once(flags):
    done = torchrun(flags, *TINY, "--model=resnet51")
    assert done.returncode == 1
    [line] = our_lines(done)
    assert "no classifier 'resnet51'" in line


def test_every_row_is_in_one_portion():
    steps = list(portions([5, 4, 1], 4))
    assert len(steps) == 2  # the two rows that are left are too few for three processes
    for process, n in enumerate([5, 4, 1]):
        rows = [row for parts in steps for row in range(*parts[process])]
        assert rows == list(range(n))
    assert list(portions([9], 4)) == [[(0, 4)], [(4, 9)]]
    assert list(portions([10], 4)) == [[(0, 4)], [(4, 8)], [(8, 10)]]
    assert list(portions([1], 4)) == [[(0, 1)]]


def test_uneven_portions_weigh_every_image_alike():
    """The processes' mean of (mean over own images x share) is the mean over all of them."""
    values = [[1.0, 2.0, 6.0], [5.0]]
    parts = [(0, 3), (0, 1)]
    found = 0.0
    for number, own in enumerate(values):
        fitting = Fitting.__new__(Fitting)
        fitting.ranks = type(ALONE)(number, 2)
        found += fitting._share(parts) * sum(own) / len(own) / 2
    assert found == pytest.approx((1 + 2 + 6 + 5) / 4)
