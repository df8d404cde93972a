"""What a link may hold without breaking a page."""

from __future__ import annotations

import pytest

from dashboard.sidebar.url import is_whole

ODD = ["inf", "-inf", "nan", "9" * 400, "1e400", "-1", "1.5", "2147483648", "x", ""]


@pytest.mark.parametrize("text", ["0", "5", "5.0", "2147483647"])
def test_whole_numbers(text):
    assert is_whole(text)


@pytest.mark.parametrize("text", ODD)
def test_others(text):
    assert not is_whole(text)


@pytest.mark.parametrize("text", ["inf", "9" * 400, "nan", "x", ""])
@pytest.mark.parametrize(("page", "key"), [("image", "image"), ("classes", "seed")])
def test_an_odd_number_in_the_url_is_dropped(run, open_page, page, key, text):
    app = open_page(page, **{key: text, "true": "cat"})
    assert not app.exception
    assert app.number_input(key=key).value >= 0
    assert app.query_params.get(key) != text
    assert app.multiselect(key="true").value == ["cat"]  # the rest of the link holds


@pytest.mark.parametrize(
    ("page", "key"),
    [("gallery", "n"), ("gallery", "page"), ("gallery", "order"), ("gallery", "range_loss"),
     ("classes", "each"), ("confusion", "matrix"), ("overview", "split"), ("overview", "run")],
)  # fmt: skip
def test_an_empty_value_is_dropped(run, open_page, page, key):
    assert not open_page(page, **{key: ""}).exception


def test_a_sound_link_is_left_alone(run, open_page):
    app = open_page("image", image="41")
    assert app.number_input(key="image").value == 41
