"""The server that `streamlit run dashboard/app.py` starts."""

from __future__ import annotations

import asyncio
import importlib
import socket


def test_answers_are_sent_at_once():
    importlib.import_module("dashboard.app")
    assert asyncio.run(_nodelay_of_a_connection()) != 0


async def _nodelay_of_a_connection() -> int:
    """TCP_NODELAY where the listening socket is made as Streamlit makes it."""
    listening = socket.socket(socket.AF_INET)
    listening.bind(("127.0.0.1", 0))
    seen: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def on_connection(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = writer.get_extra_info("socket")
        seen.set_result(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    async with await asyncio.start_server(on_connection, sock=listening):
        _, writer = await asyncio.open_connection(*listening.getsockname())
        try:
            return await asyncio.wait_for(seen, 5)
        finally:
            writer.close()
