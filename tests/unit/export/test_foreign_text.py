import pytest

from trust_core.export.foreign_text import printable, titles, visible


def test_printable_holds_no_control_sequence():
    """Escapes, line breaks and turns of direction become a sign that something was there."""
    shown = printable("a\x1b[31mb\x07\n\u202ec\x9b", longest=60)
    assert shown == "a\ufffd[31mb\ufffd\ufffd\ufffdc\ufffd"


def test_printable_is_cut():
    """A long text is cut to the length asked for, with a sign that it was."""
    assert printable("y" * 5000, longest=60) == "y" * 59 + "…"
    assert printable("y" * 60, longest=60) == "y" * 60


@pytest.mark.parametrize(
    "text", ["plain", "línea\nnext\tcell", "שלום עולם", "日本語", "👩‍👩‍👧 family", "e\u0301"]
)
def test_visible_leaves_ordinary_text_alone(text):
    """Line breaks, other scripts, joined emoji and combining marks are no trouble."""
    assert visible(text) == text


def test_visible_replaces_what_acts_unseen():
    """Controls, overrides of direction and broken characters are replaced."""
    assert visible("\x00\u202e\u2067\ud800") == "\ufffd" * 4


def test_titles_say_the_folder_of_a_path():
    """A path is called by its folder, names and hub ids stay, two folders of one name keep their paths."""
    assert titles(["../mine/pruned", "owner/name", "ref:int8", "/a/x/", "b/c/x", "./"]) == {
        "../mine/pruned": "pruned",
        "owner/name": "owner/name",
        "ref:int8": "ref:int8",
        "/a/x/": "/a/x/",
        "b/c/x": "b/c/x",
        "./": ".",
    }
