"""Real processes: a small script stands in for train.py, so that a job lasts as long as asked."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from core import artifacts
from core.errors import JobError
from core.training import jobs
from core.training.config import TrainConfig
from core.training.jobs import jobfolder, processes

CONFIG = TrainConfig(dataset="demo", model="small", weights="none", name="a job")
SCRIPT = """
import os, sys, time
sys.path.insert(0, {repository!r})
from core.training import jobs
from core.training.options import parse_args
from core.errors import TrainingError

config, resume = parse_args()
config = jobs.resumable(resume).config if resume else config
with jobs.record(config, resume) as job:
    job.event("stage", stage="train", text="Training")
    job.event("epoch", epoch=1, epochs=2, split="val", loss=0.5, accuracy=0.75)
    job.checkpoint.write_bytes(b"state")
    print("resumed" if resume else "began", flush=True)
    {body}
    job.done("a-run")
"""
FOREVER = "time.sleep(60)"


@pytest.fixture
def train_script(tmp_path, monkeypatch, artifacts_root):
    """A function that writes the stand-in for train.py, with these lines as its training."""
    path = tmp_path / "train.py"
    monkeypatch.setattr(jobs, "COMMAND", (str(path),))

    def write(body: str = "pass") -> None:
        path.write_text(SCRIPT.format(repository=str(artifacts.REPOSITORY), body=body))

    write()
    yield write
    for job in jobs.list_jobs():
        if job.alive:
            os.killpg(job.pid, signal.SIGKILL)


def wait_until(condition, seconds: float = 30):
    """What the condition gives once it gives something."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)
    return found


def ended(job: jobs.Job) -> jobs.Job:
    return wait_until(lambda: (now := jobs.open_job(job.id)) and not now.alive and now)


def training(job: jobs.Job) -> jobs.Job:
    """The job once it has reached its training."""
    wait_until(lambda: jobs.open_job(job.id).log())
    return jobs.open_job(job.id)


def kill(job: jobs.Job) -> jobs.Job:
    os.killpg(job.pid, signal.SIGKILL)
    return ended(job)


def test_job_runs_to_its_end(train_script):
    job = ended(jobs.start(CONFIG))
    assert (job.state, job.run_id, job.config) == ("done", "a-run", CONFIG)
    assert job.curve() == [{"at": 1, "epoch": 1, "split": "val", "loss": 0.5, "accuracy": 0.75}]
    assert job.log() == "began\n"
    assert job.finished >= job.created
    wait_until(lambda: not job.checkpoint.exists())  # goes once the end is told
    assert [found.id for found in jobs.list_jobs()] == [job.id]


def test_running_job_tells_how_far_it_is(train_script):
    train_script(FOREVER)
    job = training(jobs.start(CONFIG))
    progress = job.progress()
    assert job.state == "running"
    assert (progress.text, progress.epoch, progress.epochs) == ("Training", 1, 2)
    assert (progress.fraction, progress.held_out) == (0.5, 0.75)
    assert jobs.running() == job


def another(name: str, by: str = "") -> jobs.Job:
    return jobs.start(replace(CONFIG, name=name), by=by)


def test_a_second_training_waits_its_turn(train_script):
    train_script("time.sleep(1)")
    first, second = jobs.start(CONFIG), another("second", by="anna@example.org")
    third = another("third")
    assert [job.id for job in jobs.waiting()] == [second.id, third.id]
    assert second.by == "anna@example.org"
    last = ended(third)
    found = [jobs.open_job(job.id) for job in (first, second)]
    assert [job.state for job in (*found, last)] == ["done"] * 3
    assert found[1].by == "anna@example.org"
    starts = [job.events()[0][0]["time"] for job in (*found, last)]
    ends = [job.events()[0][-1]["time"] for job in (*found, last)]
    assert starts[1] >= ends[0]
    assert starts[2] >= ends[1]


def test_who_is_killed_in_the_line_or_before_it_holds_up_nobody(train_script):
    train_script(FOREVER)
    first, second = training(jobs.start(CONFIG)), another("second")
    wait_until(lambda: jobs.open_job(second.id).log())  # it has read the script
    train_script()
    third = another("third")
    kill(second)
    assert not jobs.open_job(second.id).alive
    kill(first)
    assert ended(third).state == "done"


def test_a_training_that_waits_can_be_cancelled(train_script):
    train_script(FOREVER)
    training(jobs.start(CONFIG))
    second = another("second")
    wait_until(lambda: "Waiting for another training" in jobs.open_job(second.id).log())
    jobs.cancel(second.id)
    assert ended(second).state == "cancelled"
    assert jobs.waiting() == []
    assert jobs.running()


def test_two_clicks_at_once_start_one_training(train_script):
    train_script(FOREVER)
    assert jobs.start(CONFIG).id == jobs.start(CONFIG).id
    assert len(jobs.list_jobs()) == 1


def test_a_terminal_is_told_that_the_dashboard_trains_unless_it_waits(train_script, artifacts_root):
    train_script("time.sleep(1.5)")
    first = training(jobs.start(CONFIG))
    told = r"already running \(a job, since \d+ \w+ \d+, \d+:\d+ \S+\): add --wait"
    with pytest.raises(JobError, match=told), jobs.record(CONFIG):
        pass
    with jobs.record(CONFIG, wait=True) as job:
        assert jobs.open_job(first.id).state == "done"
        job.done("mine")
    assert jobs.open_job(job.id).state == "done"


def test_a_terminal_does_not_go_before_those_who_wait(artifacts_root):
    folder = jobfolder.make_folder()
    jobfolder.write_record(folder, CONFIG, "queued")
    with pytest.raises(JobError, match="already waiting"), jobs.record(CONFIG):
        pass


def test_processes_that_work_together_do_not_wait(artifacts_root, monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(JobError, match="torchrun"), jobs.record(CONFIG, wait=True):
        pass
    assert jobs.list_jobs() == []


def test_cancel_interrupts(train_script):
    train_script(FOREVER)
    job = training(jobs.start(CONFIG))
    jobs.cancel(job.id)
    assert ended(job).state == "cancelled"
    assert ended(job).resumable


def test_cancel_kills_what_ignores_it(train_script):
    train_script("import signal; signal.signal(2, signal.SIG_IGN); print('deaf'); time.sleep(60)")
    job = jobs.start(CONFIG)
    wait_until(lambda: "deaf" in jobs.open_job(job.id).log())
    jobs.cancel(job.id, grace=0.2)
    assert jobs.open_job(job.id).cancelling
    assert ended(job).state == "cancelled"


def test_killed_job_is_interrupted_and_resumes(train_script):
    train_script(FOREVER)
    job = kill(training(jobs.start(CONFIG)))
    assert job.state == "interrupted"
    assert jobs.resumable("last").id == job.id
    train_script()
    again = ended(jobs.resume(job.id))
    assert (again.id, again.state, again.created) == (job.id, "done", job.created)
    assert again.config == CONFIG
    assert again.log() == "began\nresumed\n"
    with pytest.raises(JobError, match="is done"):
        jobs.resumable(job.id)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("raise TrainingError('the loss is NaN: lower lr')", "the loss is NaN: lower lr"),
        ("raise ValueError('two\\nlines')", "ValueError: two lines"),
        ("sys.exit()", "SystemExit:"),
        ("os._exit(1)", ""),
    ],
)
def test_failed_job_tells_its_cause(train_script, body, error):
    train_script(body)
    job = ended(jobs.start(CONFIG))
    assert job.error == error
    assert job.state == ("failed" if error else "interrupted")


def test_script_that_never_records(train_script):
    Path(*jobs.COMMAND).write_text("import nothing_of_this_name")
    job = ended(jobs.start(CONFIG))
    assert job.state == "failed"
    assert job.error == "ModuleNotFoundError: No module named 'nothing_of_this_name'"


def test_job_outlives_the_process_that_started_it(train_script):
    train_script("time.sleep(1)")
    code = (
        "from core.training import jobs; "
        "from core.training.config import TrainConfig; "
        f"jobs.COMMAND = {jobs.COMMAND!r}; "
        "print(jobs.start(TrainConfig(dataset='demo', model='small', weights='none')).id)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=artifacts.REPOSITORY
    )
    assert ended(jobs.open_job(done.stdout.strip())).state == "done"


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS])
def test_a_disk_that_takes_nothing_is_told_and_leaves_no_job(artifacts_root, monkeypatch, code):
    def refuse(*_):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(artifacts, "write_json", refuse)
    with pytest.raises(JobError, match=rf"cannot be written \({os.strerror(code)}\): .* FENCEP"):
        jobs.start(CONFIG)
    assert jobs.list_jobs() == []


def test_nothing_to_resume(artifacts_root):
    with pytest.raises(JobError, match="none can be resumed"), jobs.record(CONFIG, "last"):
        pass


@pytest.mark.parametrize("name", ["../runs", "x", "", "20260101-000000-ABCD", "/etc"])
def test_bad_job_names(artifacts_root, name):
    with pytest.raises(JobError, match="No job"):
        jobs.open_job(name)


def test_strangers_with_the_same_pid_are_spared(artifacts_root):
    folder = jobfolder.make_folder()
    jobfolder.write_record(folder, CONFIG, "running")
    stranger = {"pid": os.getpid(), "born": "another boot 1"}
    artifacts.write_json(folder / "process.json", stranger)
    job = jobs.open_job(folder.name)
    assert job.state == "interrupted"
    jobs.cancel(job.id)  # would interrupt this test
    processes.stop(job.pid, job.born, grace=0)
    time.sleep(0.1)


def test_job_gets_absolute_paths(train_script, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    job = jobs.start(TrainConfig(dataset="folder:images", weights="mine.pth"))
    assert job.config.dataset == f"folder:{tmp_path / 'images'}"
    assert Path(job.config.weights) == tmp_path / "mine.pth"
    ended(job)
