"""A small reverse proxy: it passes on what stands below a prefix, WebSockets too, and no more."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

REFUSED = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@contextmanager
def start_proxy(target: int, prefix: str) -> Iterator[int]:
    """The port of a proxy before the server on port `target`, until the block ends."""
    with socket.create_server(("localhost", 0)) as listener:
        arguments = (listener, target, prefix.encode())
        threading.Thread(target=_accept, args=arguments, daemon=True).start()
        yield listener.getsockname()[1]


def _accept(listener: socket.socket, target: int, prefix: bytes) -> None:
    while True:
        try:
            client, _ = listener.accept()
        except OSError:  # closed: the test is over
            return
        threading.Thread(target=_serve, args=(client, target, prefix), daemon=True).start()


def _serve(client: socket.socket, target: int, prefix: bytes) -> None:
    with client:
        head = _read_head(client)
        if not head.split(b" ", 2)[1:2] or not head.split(b" ", 2)[1].startswith(prefix + b"/"):
            client.sendall(REFUSED)
            return
        with socket.create_connection(("localhost", target)) as server:
            server.sendall(_once(head))
            back = threading.Thread(target=_copy, args=(server, client), daemon=True)
            back.start()
            _copy(client, server)
            back.join()


def _read_head(client: socket.socket) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head and (data := client.recv(65_536)):
        head += data
    return head


def _once(head: bytes) -> bytes:
    """One request a connection, so that each is checked; a WebSocket keeps its own."""
    if b"upgrade: websocket" in head.lower():
        return head
    return head.replace(b"Connection: keep-alive", b"Connection: close", 1)


def _copy(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65_536):
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
