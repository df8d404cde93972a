"""Names that try to be code, and a server below a base path."""

from __future__ import annotations

import re
import socket

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import FLAGS, HOSTILE, chromium
from tests.browser.screen import click_cell, heading, open_image, tiles, title, wait_until

PAGES = ("", "confusion", "gallery", "classes", "image", "compare")


def test_names_are_shown_as_text(visit):
    for name in PAGES:
        page = visit(f"{name}?run=0-hostile")
        page.wait_for_timeout(500)
        assert page.locator("img[src='x']").count() == 0
        expect(page.get_by_text(HOSTILE[0], exact=False).first).to_be_visible()
        page.close()


def test_a_cell_of_hostile_names_opens(visit):
    page = visit("confusion?run=0-hostile")
    click_cell(page, 1, 2)
    label, pred = sorted(HOSTILE)[1:]
    heading(page, f"{label} predicted as {pred} in test")
    expect(tiles(page).first).to_be_visible()


def test_it_works_whole_behind_a_proxy(proxied, open_url):
    page = open_url(f"{proxied.url}/confusion")
    click_cell(page, 1, 0)
    heading(page, "deer predicted as cat in test")
    image = tiles(page).first.locator("img")
    assert image.get_attribute("src").startswith("/prefix/images/drawn/test/")
    wait_until(page, lambda: image.evaluate("i => i.complete && i.naturalWidth > 0"))
    open_image(tiles(page).first)
    title(page, "Image")
    assert re.search(r"/prefix/image\?", page.url)
    assert "Traceback" not in proxied.printed()


def test_it_binds_to_this_machine_only(server):
    assert server.url.startswith("http://localhost:")
    assert "Network URL" not in server.printed()
    assert "External URL" not in server.printed()


@pytest.mark.parametrize("number", ["inf", "9" * 400])
def test_a_number_that_no_image_has_is_dropped_from_the_link(visit, number):
    page = visit(f"image?run=drawn&true=cat&image={number}")
    title(page, "Image")
    expect(page.get_by_role("spinbutton", name="Index in test")).not_to_have_value("")
    wait_until(page, lambda: number not in page.url)


@pytest.mark.parametrize(
    ("host", "answer"),
    [
        ("localhost:{port}", 101),
        ("127.0.0.1:{port}", 101),
        ("[::1]:{port}", 101),
        ("evil.example", 403),
        ("evil.example:{port}", 403),
        ("localhost.evil.example:{port}", 403),
    ],
)
def test_the_websocket_answers_to_its_own_names_only(server, host, answer):
    port = int(server.url.rsplit(":", 1)[1])
    host = host.format(port=port)
    head = (
        f"GET /_stcore/stream HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n"
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    with socket.create_connection(("localhost", port), timeout=10) as connection:
        connection.sendall(head.encode())
        assert int(connection.recv(1024).split(b" ")[1]) == answer


def test_a_page_whose_name_was_rebound_to_this_machine_gets_nothing(server, browser):
    port = int(server.url.rsplit(":", 1)[1])
    rebound = [*FLAGS, "--host-resolver-rules=MAP evil.example 127.0.0.1"]
    other = browser.browser_type.launch(executable_path=chromium(), args=rebound)
    page = other.new_page()
    found = page.goto(f"http://evil.example:{port}/gallery?run=drawn")
    assert found.status == 403
    assert "does not answer under that name" in page.inner_text("body")
    other.close()
