"""One question before every change."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dashboard.server import access
from dashboard.server.access import ACTIONS, allowed

DASHBOARD = Path(access.__file__).resolve().parents[1]


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("who", [None, "ada@example.org"])
def test_everything_is_allowed_until_it_is_read_only(monkeypatch, who, action):
    monkeypatch.delenv("FENCEPOST_READ_ONLY", raising=False)
    assert allowed(who, action, "a run")
    for value in ("1", "true", "YES", "on"):
        monkeypatch.setenv("FENCEPOST_READ_ONLY", value)
        assert not allowed(who, action, "a run")
    for value in ("", "0", "no"):
        monkeypatch.setenv("FENCEPOST_READ_ONLY", value)
        assert allowed(who, action, "a run")


def test_what_is_no_action_is_refused_aloud():
    with pytest.raises(ValueError, match="no action 'destroy': train, rename"):
        allowed(None, "destroy")


def test_nobody_is_named_without_a_login():
    assert access.visitor() is None


def asked() -> set[str]:
    """The actions that the dashboard's code asks for."""
    code = "".join(path.read_text("utf-8") for path in DASHBOARD.rglob("*.py"))
    return set(re.findall(r'\b(?:may|attempt)\(\s*"(\w+)"', code))


def test_every_action_is_asked_for_somewhere_and_none_is_misspelt():
    assert asked() == set(ACTIONS)
