"""How much memory a container leaves, by the files in which Linux tells it."""

from types import SimpleNamespace

import pytest
import torch

from core.models import device

STAT = "anon 60\nactive_file 5\ninactive_file 20"


def group(folder, **files):
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / f"memory.{name}").write_text(f"{text}\n")


def test_what_a_container_uses_is_not_free_but_files_that_it_has_read_are(tmp_path):
    group(tmp_path, max=100, current=90)
    assert device.group_room(tmp_path) == 10
    group(tmp_path, stat=STAT)
    assert device.group_room(tmp_path) == 35


def test_version_1_of_the_control_groups(tmp_path):
    group(tmp_path / "memory", limit_in_bytes=100, usage_in_bytes=90)
    assert device.group_room(tmp_path) == 10
    group(tmp_path / "memory", stat=f"{STAT}\ntotal_active_file 10\ntotal_inactive_file 30")
    assert device.group_room(tmp_path) == 50


def test_a_container_over_its_limit_has_no_room(tmp_path):
    group(tmp_path, max=100, current=120)
    assert device.group_room(tmp_path) == 0


@pytest.mark.parametrize("files", [{}, {"max": "max", "current": 90}])
def test_no_limit_that_can_be_read_is_no_limit(tmp_path, files):
    group(tmp_path, **files)
    assert device.group_room(tmp_path) == float("inf")


def test_half_of_the_least_room_is_for_images(monkeypatch):
    memory = SimpleNamespace(available=100)
    monkeypatch.setattr(device.psutil, "virtual_memory", lambda: memory)
    monkeypatch.setattr(device, "group_room", lambda: 40.0)
    assert device.room(torch.device("cpu")) == 20
    memory.available = 30
    assert device.room(torch.device("cpu")) == 15
