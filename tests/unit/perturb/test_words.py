import pytest

from trust_core.perturb.words import segment


def _words(text: str) -> list[str]:
    return [word.text for word in segment("t", (text, None)).words]


@pytest.mark.parametrize(
    "text, words",
    [
        ("A man, a plan.", ["A", "man", "a", "plan"]),
        ("don't well-known it’s rock 'n' roll", ["don't", "well-known", "it’s", "rock", "n", "roll"]),
        ("- -- ... !?", []),
        ("", []),
        ("3.5 a_b", ["3", "5", "a_b"]),
        ("the cat the cat", ["the", "cat", "the", "cat"]),
        ("[SEP] and [MASK]", ["SEP", "and", "MASK"]),
        ("我爱 you", ["我", "爱", "you"]),
        ("a我b", ["a", "我", "b"]),
        ("たべる", ["た", "べ", "る"]),
        ("한국어 문장", ["한국어", "문장"]),
        ("cat😀dog 👍🏽!", ["cat", "😀", "dog", "👍🏽"]),
        ("👨\u200d👩\u200d👧 🇩🇪🇫🇷 1\ufe0f\u20e3", ["👨\u200d👩\u200d👧", "🇩🇪", "🇫🇷", "1\ufe0f\u20e3"]),
        ("e\u0301te\u0301 नमस्ते", ["e\u0301te\u0301", "नमस्ते"]),
    ],
)
def test_words_of_a_text(text: str, words: list[str]) -> None:
    """Words, emoji and characters of unspaced scripts are players; punctuation never is."""
    assert _words(text) == words


def test_words_know_their_place() -> None:
    """The same word in both texts, or twice in one, is a player for each position and segment."""
    text = segment("t", ("so so", "So so"))
    assert [(w.segment, w.position, w.start, w.end, w.text) for w in text.words] == [
        (0, 0, 0, 2, "so"),
        (0, 1, 3, 5, "so"),
        (1, 0, 0, 2, "So"),
        (1, 1, 3, 5, "so"),
    ]
