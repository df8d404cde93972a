"""Names stay what they are, whatever Markdown and Streamlit would read in them."""

from __future__ import annotations

import pytest

from dashboard.text import UNSEEN, plain


@pytest.mark.parametrize("name", ["cat", "sea lion 2", "ünïcødé 猫", "12:30", "a: b"])
def test_plain_names_gain_nothing_unseen(name):
    assert plain(name).replace("\\", "") == name


@pytest.mark.parametrize("name", ["*star*", "[a](http:x)", "<b>x</b>", "$x$", ":red[r]", "a_b"])
def test_marks_are_escaped(name):
    assert plain(name).replace("\\", "") == name
    assert plain(name) != name


@pytest.mark.parametrize("name", [":cat:", ":material/home:", "x :material_home: y"])
def test_shorthand_for_icons_is_broken(name):
    assert f":{UNSEEN}" in plain(name)


@pytest.mark.parametrize("name", ["a -> b", "--", "x >= 2"])
def test_shorthand_for_arrows_is_broken(name):
    assert UNSEEN in plain(name)


def test_what_turns_the_words_around_it_is_left_out():
    assert plain("\u202egnp.exe\u2066 cat") == "gnp\\.exe cat"


def test_newlines_are_spaces():
    assert plain("a\nb") == "a b"


@pytest.mark.parametrize("name", ["cat ", " cat", "cat\u00a0"])
def test_a_name_with_a_blank_at_an_end_can_be_bold(name):
    assert not plain(name)[0].isspace()
    assert not plain(name)[-1].isspace()
