"""The page that a browser loads first: Streamlit's own, with the rules of ours in it.

Rules that a script of Streamlit sends come after what they lay out, which then moves.
"""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

END = b"</body>"  # after the head, where Streamlit adds rules of its own
TITLE = (b"<title>Streamlit</title>", b"<title>Fencepost</title>")
OF_ANOTHER = ("content-length", "etag", "last-modified", "accept-ranges")


class WithStyle:
    """Middleware: the rules of `css` at the end of every page of HTML."""

    def __init__(self, app: ASGIApp, css: str) -> None:
        self.app = app
        self.style = f"<style>{css}</style>".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "GET" and _asks_for_page(scope):
            await self.app(_uncompressed(scope), receive, _Page(self.style, send).send)
        else:
            await self.app(scope, receive, send)


def _asks_for_page(scope: Scope) -> bool:
    return "text/html" in Headers(scope=scope).get("accept", "")


def _uncompressed(scope: Scope) -> Scope:
    """The request as if the browser took nothing compressed, and had no older page."""
    unsaid = (b"accept-encoding", b"if-none-match", b"if-modified-since")
    return {**scope, "headers": [h for h in scope["headers"] if h[0].lower() not in unsaid]}


class _Page:
    """Hands an answer on, with the rules in it if it is HTML."""

    def __init__(self, style: bytes, send: Send) -> None:
        self.style, self.onward = style, send
        self.start: Message | None = None  # kept until the length is known
        self.body = b""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_html(message):
            self.start = message
        elif self.start is None:
            await self.onward(message)
        else:
            self.body += message.get("body", b"")
            if not message.get("more_body"):
                await self._finish(self.start)

    async def _finish(self, start: Message) -> None:
        body = self.body.replace(*TITLE).replace(END, self.style + END)
        headers = MutableHeaders(scope=start)
        for name in OF_ANOTHER:
            del headers[name]
        headers["content-length"] = str(len(body))
        await self.onward(start)
        await self.onward({"type": "http.response.body", "body": body})


def _is_html(message: Message) -> bool:
    headers = Headers(scope=message)
    return headers.get("content-type", "").startswith("text/html") and message["status"] == 200
