"""The server answers to its own names only."""

from __future__ import annotations

import asyncio

import pytest
import streamlit as st
from starlette.responses import PlainTextResponse

from dashboard.server.hosts import OnlyKnownHosts, is_allowed

OURS = ["localhost", "127.0.0.1", "::1"]


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("localhost", True),
        ("localhost:8501", True),
        ("LOCALHOST.:8501", True),
        ("127.0.0.1:8501", True),
        ("[::1]:8501", True),
        ("evil.example", False),
        ("evil.example:8501", False),
        ("localhost.evil.example", False),
        ("localhost@evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("[::1", False),
        ("", False),
    ],
)
def test_hosts(host, allowed):
    assert is_allowed(host, OURS) == allowed


def test_patterns():
    assert is_allowed("evil.example", [])
    assert is_allowed("evil.example", ["*"])
    assert is_allowed("a.example.org:443", ["*.example.org"])
    assert not is_allowed("example.org", ["*.example.org"])
    assert not is_allowed("badexample.org", ["*.example.org"])


@pytest.mark.parametrize(
    ("path", "host", "status"),
    [
        ("/", "evil.example", 403),
        ("/images/run/test/0/256/signed", "evil.example", 403),
        ("/maps/run/test/0/channel-1/signed", "evil.example", 403),
        ("/media/download.zip", "evil.example", 403),
        ("/_stcore/health", "evil.example", 200),
        ("/", "localhost:8501", 200),
    ],
)
def test_every_route_but_the_probe_refuses_foreign_names(monkeypatch, path, host, status):
    real = st.get_option
    monkeypatch.setattr(
        st, "get_option", lambda name: OURS if name == "server.allowedHosts" else real(name)
    )
    assert asyncio.run(asked(path, host)) == status


async def asked(path: str, host: str) -> int:
    """The status of a request to the middleware before a server that answers everything."""
    sent = []

    async def send(message) -> None:
        sent.append(message)

    scope = {"type": "http", "path": path, "method": "GET", "headers": [(b"host", host.encode())]}
    await OnlyKnownHosts(PlainTextResponse("yes"))(scope, None, send)
    return sent[0]["status"]
