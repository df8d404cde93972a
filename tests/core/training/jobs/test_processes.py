"""Which process a number stands for, as long as it lives."""

from __future__ import annotations

import os
import subprocess
import sys
import time

from core.training.jobs import processes


def test_a_process_has_a_birth_until_it_ends():
    assert processes.birth(os.getpid()) == processes.birth(os.getpid()) != ""
    assert (processes.birth(0), processes.birth(-1), processes.birth(2**22 + 1)) == ("", "", "")
    assert processes.alive(os.getpid(), processes.birth(os.getpid()))
    assert not processes.alive(os.getpid(), "")
    assert not processes.alive(2**22 + 1, "")


def test_zombies_do_not_count():
    child, begun = subprocess.Popen([sys.executable, "-c", "pass"]), time.monotonic()
    while processes.birth(child.pid):
        assert time.monotonic() < begun + 30, "an ended child that nobody waited for counts"
        time.sleep(0.01)
    assert child.wait() == 0


def test_birth_elsewhere_agrees_with_itself():
    found = processes._birth_elsewhere(os.getpid())
    assert found == processes._birth_elsewhere(os.getpid())
    assert not processes._birth_elsewhere(2**22 + 1)
