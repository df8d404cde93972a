"""URLs that only this server process can have written."""

from __future__ import annotations

import hashlib
import hmac
import secrets

import streamlit as st

# The routes stand outside st.login, so a URL must be one that a page of this process has drawn.
KEY = secrets.token_bytes(32)


def base_path() -> str:
    """What every URL of this server starts with: `/prefix` or nothing."""
    prefix = (st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{prefix}" if prefix else ""


def signature(path: str) -> str:
    """What only this process can write under a path."""
    return hmac.new(KEY, path.encode(), hashlib.sha256).hexdigest()[:32]
